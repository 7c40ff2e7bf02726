// SPDX-License-Identifier: MIT
// The fabric's state in one folder: the goal state, and what the agent reported. The server reads it at every
// request and commands change it, so the two need no connection, and it survives a reboot. Protected settings
// are stored encrypted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/sim/contract/envelope.hpp"
#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::fabric {

using contract::HandlerId;
using contract::Json;
using std::chrono::milliseconds;

struct Extension {
  HandlerId id;
  std::string state = "enabled";  // disabled, uninstall
  std::uint64_t sequence = 0;
  std::optional<std::string> settings = {};  // any text for RuntimeSettings; none: no settings
};

// The next `left` requests for paths that start with `path` get a response of this status.
struct Fault {
  std::string path;
  std::uint64_t left = 0;
  int status = 503;
};

struct GoalState {
  std::uint64_t incarnation = 1;
  milliseconds published{0};  // by Now()
  std::vector<Extension> extensions;
  std::vector<HandlerId> packages;
  std::vector<Fault> faults;
};

// The agent's last upload.
struct Upload {
  milliseconds since{
      0};  // first upload of this status; the agent repeats it every second with other timestamps
  std::uint64_t fetched = 0;  // incarnation of the extensions' configuration that the agent fetched last
  Json blob = {};
};

// Since boot, so that processes can compare it.
milliseconds Now();

class Store {
 public:
  explicit Store(std::string folder) : folder_(std::move(folder)) {}

  Result<GoalState> Load() const;

  // Applies one change at a time; saves the state only when the change succeeds.
  using Change = std::function<Status(GoalState&)>;
  Status Apply(const Change& change) const;
  // The same as a new incarnation, which makes the agent fetch the goal state.
  Status Publish(const Change& change) const;

  // The status of the next fault for this path, if any; counts it down.
  Result<std::optional<int>> ConsumeFault(std::string_view path) const;

  // The tenant's key pair, generated when there is none; concurrent callers get the same one.
  Result<contract::TenantKey> Tenant() const;
  // Replaces it by a new one, and returns the old one.
  Result<contract::TenantKey> ReplaceTenant() const;
  std::string PackageFile(const HandlerId& id) const;
  Status SavePackage(const std::string& zip, const HandlerId& id) const;

  Status SaveUpload(const Json& blob, std::uint64_t fetched) const;
  Result<Upload> LastUpload() const;  // kNotFound: none yet
  Status AppendTelemetry(std::string_view text) const;

 private:
  std::string StateFile() const { return folder_ + "/goal-state.json"; }
  std::string UploadFile() const { return folder_ + "/reported.json"; }
  Status Save(const GoalState& state) const;
  std::string TenantFolder() const { return folder_ + "/tenant"; }
  Result<contract::TenantKey> FindOrMakeTenant() const;
  Result<UniqueFd> LockTenant() const;

  std::string folder_;
};

}  // namespace dockerext::fabric
