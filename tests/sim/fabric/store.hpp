// SPDX-License-Identifier: MIT
// All that the fabric knows, in one folder: what it wants of the agent, and what the agent reported. The
// server reads it at every request, and a command changes it, so the two need no connection and a reboot
// changes nothing. Protected settings are in it as they travel, encrypted.
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
  std::optional<std::string> settings = {};  // the text of RuntimeSettings, any text; none: no settings
};

// The next `left` requests for paths that begin like this get an answer of this status.
struct Fault {
  std::string path;
  std::uint64_t left = 0;
  int status = 503;
};

struct GoalState {
  std::uint64_t incarnation = 1;
  milliseconds published{0};  // on Now()'s clock
  std::vector<Extension> extensions;
  std::vector<HandlerId> packages;
  std::vector<Fault> faults;
};

// What the agent uploaded last.
struct Upload {
  milliseconds since{0};      // when it came first; it comes every second, with nothing but its times changed
  std::uint64_t fetched = 0;  // incarnation of the extensions' configuration that the agent took last
  Json blob = {};
};

// Since boot: two processes of one boot can compare.
milliseconds Now();

class Store {
 public:
  explicit Store(std::string folder) : folder_(std::move(folder)) {}

  Result<GoalState> Load() const;

  // One change at a time, and only where it succeeds.
  using Change = std::function<Status(GoalState&)>;
  Status Apply(const Change& change) const;
  // The same, as a new incarnation, which is what makes the agent look.
  Status Publish(const Change& change) const;

  // The status that a request for this path is to get, if it is to fail.
  Result<std::optional<int>> TakeFault(std::string_view path) const;

  // The tenant's key pair, made when there is none: whoever asks at the same time gets the same one.
  Result<contract::TenantKey> Tenant() const;
  // Puts a new one in its place, and gives the one before.
  Result<contract::TenantKey> ReplaceTenant() const;
  std::string PackageFile(const HandlerId& id) const;
  Status KeepPackage(const std::string& zip, const HandlerId& id) const;

  Status KeepUpload(const Json& blob, std::uint64_t fetched) const;
  Result<Upload> LastUpload() const;  // kNotFound: none yet
  Status KeepTelemetry(std::string_view text) const;

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
