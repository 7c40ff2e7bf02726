// SPDX-License-Identifier: MIT
// What the machine shall look like: the desired state, resolved against what is proven here. The steps
// compare the machine with this and with nothing else.
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
  bool may_be_client = false;  // then the server's own pair can prove the whole way
};

struct EngineTarget {
  const Distro* distro = nullptr;
  bool leave_engine_alone = false;
  std::vector<std::string> options;
  std::optional<EngineEndpoint> endpoint;  // none: no TCP
  ServedCertificate certificate;           // of the endpoint
  std::optional<TlsMaterial> material;     // none: the set is on this machine already
  UninstallPolicy uninstall_policy = UninstallPolicy::kAuto;
};

// What every step is made from; outlives them.
struct EngineContext {
  System& system;
  const EngineTarget& target;
  DockerUnit& unit;
  // Asked directly before the engine's configuration changes: kSuperseded, or kTimeout when too little is
  // left.
  std::function<Status()> check_deadline;
  // Asked again and again by a step that waits, with what it waits for: kSuperseded ends the wait.
  std::function<Status(const std::string&)> report_wait = [](const std::string&) { return Status(); };
};

}  // namespace dockerext
