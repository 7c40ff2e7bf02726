// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"
#include "handler/docker/flags.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/engine/live_restore.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/errors/engine.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kInfoBudget{20};

enum class Due { kNothing, kAdd, kReload, kRemoveKey };

// Only an engine that the extension configures gets live-restore; one that it merely installs does not.
bool IsWanted(const EngineTarget& target) {
  return !target.leave_engine_alone && (target.endpoint.has_value() || !target.options.empty());
}

Result<EngineInfo> GetEngineInfo(EngineContext& context) {
  // The answer to the ping in the observation shows that the engine does not hang.
  if (!context.observed.version) return MakeError<errors::kEngineStateUnknown>("no answer to /_ping");
  auto info = context.system.engine.Info(context.observed.socket, kInfoBudget);
  if (info.ok()) return info;
  return MakeError<errors::kEngineStateUnknown>(info.error().what).As(info.error().code);
}

// dockerd does not start with both Swarm and live-restore. A stopped engine is asked by its state on disk.
Result<bool> IsSwarm(EngineContext& context, const DaemonJson& daemon_json) {
  if (!IsReady(context.observed.unit)) {
    const std::string root = DataRoot(context.target, context.observed, daemon_json);
    return Exists(context.system.files, root + "/swarm/docker-state.json");
  }
  TRY_LET(const EngineInfo info, GetEngineInfo(context));
  return info.swarm_state != "inactive" && !info.swarm_state.empty();
}

// With the flag dockerd refuses the key at a reload too: the restart that is due takes it up.
bool RunsWithFlag(const Observation& observed) {
  return !ValuesOf(WithOrigin(observed.running, std::string(kDockerUnit)), "live-restore").empty();
}

// A flag is its owner's wish, which the extension's own key must not contradict: dockerd refuses both.
Result<Due> WhatIsDue(EngineContext& context) {
  const Observation& observed = context.observed;
  if (!IsWanted(context.target)) return Due::kNothing;
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(context.system, observed));
  if (LiveRestoreFlag(context.target, observed))
    return observed.ledger.live_restore && daemon_json.live_restore ? Due::kRemoveKey : Due::kNothing;
  if (daemon_json.live_restore) {
    const bool may_stop_containers = *daemon_json.live_restore && IsReady(observed.unit) &&
                                     !RunsTarget(context.target, observed) && !RunsWithFlag(observed);
    if (!may_stop_containers) return Due::kNothing;
    TRY_LET(const EngineInfo info, GetEngineInfo(context));
    return info.live_restore ? Due::kNothing : Due::kReload;
  }
  TRY_LET(const bool swarm, IsSwarm(context, daemon_json));
  return swarm ? Due::kNothing : Due::kAdd;
}

// dockerd exits at the reload when a newly configured plugin does not answer.
Status CheckPendingPlugins(const Observation& observed, const DaemonJson& daemon_json,
                           const EngineInfo& info) {
  if (daemon_json.authorization_plugins.empty() ||
      daemon_json.authorization_plugins == info.authorization_plugins) {
    return {};
  }
  return MakeError<errors::kPendingPlugins>(Quoted(observed.daemon_json.path));
}

Result<std::string> ReloadExisting(EngineContext& context) {
  const std::string path = Quoted(context.observed.daemon_json.path);
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(context.system, context.observed));
  TRY_LET(const bool swarm, IsSwarm(context, daemon_json));
  if (swarm) {
    return MakeError<errors::kSwarmWithLiveRestore>(path);
  }
  TRY(ReloadLiveRestore(context.system, context.observed, true));
  return "loaded live-restore from " + path + ", so containers keep running during restarts of the engine";
}

Result<std::string> Add(EngineContext& context) {
  TRY(RecordStartingPoint(context.system, context.observed));
  TRY(AddLiveRestore(context.system, context.observed));
  if (IsReady(context.observed.unit) && !RunsWithFlag(context.observed))
    TRY(ReloadLiveRestore(context.system, context.observed, true));
  if (RunsWithFlag(context.observed)) {
    return std::string(
        "set live-restore, from the next start on: an option of the running engine turns it off, so "
        "containers stop at this restart");
  }
  return std::string(
      "set live-restore, so containers keep running during restarts of the engine; `docker swarm init` "
      "fails while it is set");
}

Result<std::string> RemoveKey(EngineContext& context) {
  TRY(RecordStartingPoint(context.system, context.observed));
  TRY(RemoveLiveRestoreKey(context.system, context.observed));
  return "removed the extension's live-restore from " + Quoted(context.observed.daemon_json.path) +
         ", since an option sets it";
}

// Nothing is written or reloaded before what the engine would then read is validated.
Status CheckReload(EngineContext& context) {
  const Observation& observed = context.observed;
  TRY(ValidateRestart(context));
  if (!IsReady(observed.unit)) return {};
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(context.system, observed));
  TRY_LET(const EngineInfo info, GetEngineInfo(context));
  return CheckPendingPlugins(observed, daemon_json, info);
}

Result<std::string> Apply(EngineContext& context) {
  TRY_LET(const Due due, WhatIsDue(context));
  if (due == Due::kRemoveKey) return RemoveKey(context);
  TRY(CheckReload(context));
  return due == Due::kReload ? ReloadExisting(context) : Add(context);
}

}  // namespace

Result<std::vector<std::string>> LiveRestoreWarnings(System& system, const EngineTarget& target,
                                                     const Observation& observed) {
  std::vector<std::string> warnings;
  if (!IsWanted(target)) return warnings;
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(system, observed));
  const auto flag = LiveRestoreFlag(target, observed);
  if (flag.value_or(true) && daemon_json.live_restore.value_or(true)) {
    if (!flag && !daemon_json.live_restore) {
      warnings.emplace_back(
          "live-restore is not set, because this engine is part of a Swarm, so containers stop whenever "
          "a change of the settings restarts it");
    }
    return warnings;
  }
  warnings.push_back("live-restore is false in " +
                     (flag ? std::string("an option of dockerd") : Quoted(observed.daemon_json.path)) +
                     ", so containers stop whenever a change of the settings restarts the engine");
  return warnings;
}

Step EnableLiveRestore(EngineContext& context) {
  return {.name = "live-restore",
          .done = [&context]() -> Result<bool> {
            TRY_LET(const Due due, WhatIsDue(context));
            return due == Due::kNothing;
          },
          .apply = [&context] { return Apply(context); }};
}

}  // namespace dockerext
