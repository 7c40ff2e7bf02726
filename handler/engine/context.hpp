// SPDX-License-Identifier: MIT
// The input of every step: the machine, the target, and what was last observed.
#pragma once

#include <functional>
#include <optional>

#include "handler/distro/distro.hpp"
#include "handler/docker/engine_target.hpp"
#include "handler/engine/control.hpp"
#include "handler/engine/observation.hpp"

namespace dockerext {

struct EngineContext {
  System& system;
  const Platform& platform;
  const EngineTarget& target;
  const std::optional<TlsMaterial>& material;  // none: the set is already on this machine
  Observation observed;
  // Whether the operation may still commit, called directly before the engine's configuration changes:
  // kSuperseded, or kTimeout when too little time is left.
  std::function<Status()> check_deadline;
  ReportWait report_wait;
  bool restart_validated = false;  // by ValidateRestart
  // For the final status: what the steps found that is no error.
  std::vector<std::string> listener_warnings = {};
  std::string repository_warning = {};
  std::string installation_warning = {};
  std::vector<std::string> firewall_warnings = {};
};

// For a worker: waits for an engine that is busy, and up to a minute for one that does not answer, and
// observes it. Reloads unit files that were changed and not loaded, so that systemd itself is what reads
// them.
Status Look(EngineContext& context);

}  // namespace dockerext
