// SPDX-License-Identifier: MIT
// The state that the steps converge to: the desired state, resolved against this machine's last known good
// configuration. The steps compare the machine with this and with nothing else.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "handler/distro/distro.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/ports/system.hpp"
#include "handler/settings/desired_state.hpp"
#include "handler/steps/docker_unit.hpp"

namespace dockerext {

// The server's certificate, as the probe needs it.
struct ServedCertificate {
  std::string sha256;
  std::chrono::system_clock::time_point not_after{};
  bool may_be_client = false;  // then the server's own pair can verify a full request
};

struct EngineTarget {
  const Distro* distro = nullptr;
  bool leave_engine_alone = false;
  std::vector<std::string> options;
  std::optional<EngineEndpoint> endpoint;  // none: no TCP port
  ServedCertificate certificate;           // of the endpoint
  std::optional<TlsMaterial> material;     // none: the set is already on this machine
  UninstallPolicy uninstall_policy = UninstallPolicy::kAuto;
};

// The input of every step; outlives the steps.
struct EngineContext {
  System& system;
  const EngineTarget& target;
  DockerUnit& unit;
  // Whether the operation may still commit, called directly before the engine's configuration changes:
  // kSuperseded, or kTimeout when too little time is left.
  std::function<Status()> check_deadline;
  // Called repeatedly by a step that waits, with the reason: kSuperseded ends the wait.
  std::function<Status(const std::string&)> report_wait = [](const std::string&) { return Status(); };
};

}  // namespace dockerext
