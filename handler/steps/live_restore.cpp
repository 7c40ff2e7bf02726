// SPDX-License-Identifier: MIT
#include "handler/steps/live_restore.hpp"

#include <algorithm>

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"
#include "handler/steps/run_engine.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kPingBudget{5};
constexpr std::chrono::seconds kInfoBudget{20};
constexpr std::chrono::seconds kReloadBudget{15};

const std::string kPath(kDaemonJsonPath);

Result<std::optional<std::string>> ReadText(Files& files) {
  auto text = files.Read(kPath);
  if (text.ok()) return std::optional(*std::move(text));
  if (text.error().code == Code::kNotFound) return std::optional<std::string>();
  return std::move(text).error();
}

// The file to write: the target, when daemon.json is a symlink.
Result<std::string> PathToWrite(Files& files) {
  if (!Exists(files, kPath)) return kPath;
  auto path = files.Resolve(kPath);
  if (path.ok() || path.error().code != Code::kNotFound) return path;
  return Error{Code::kInvalidSettings, Quoted(kPath) + " is a dangling symlink; fix or remove it"};
}

Result<DaemonJson> ReadFile(Files& files) {
  TRY_LET(const auto text, ReadText(files));
  return ReadDaemonJson(text.value_or(""));
}

// Only an engine that the extension configures gets live-restore; one that it merely installs does not.
bool IsWanted(const EngineTarget& target) {
  return !target.leave_engine_alone && (target.endpoint.has_value() || !target.options.empty());
}

bool IsLiveRestoreFlag(const std::string& arg) {
  return arg == "--live-restore" || arg.starts_with("--live-restore=");
}

Result<bool> IsSetByFlag(EngineContext& context) {
  const auto& options = context.target.options;
  if (std::any_of(options.begin(), options.end(), IsLiveRestoreFlag)) return true;
  TRY_LET(const VendorCommand vendor, context.unit.Vendor());
  return std::any_of(vendor.args.begin(), vendor.args.end(),
                     [](const ArgWithOrigin& arg) { return IsLiveRestoreFlag(arg.arg); });
}

// The ping comes first, so that a hung engine costs only the ping's budget.
Result<EngineInfo> PingAndGetInfo(System& system) {
  TRY(system.engine.Ping(kPingBudget));
  return system.engine.Info(kInfoBudget);
}

Result<EngineInfo> GetEngineInfo(System& system) {
  auto info = PingAndGetInfo(system);
  if (info.ok()) return info;
  return Error{info.error().code, "the engine did not report its state: " + info.error().message +
                                      "; see `journalctl -u docker` and, if it hangs, run `systemctl restart "
                                      "docker`"};
}

// dockerd does not start with both Swarm and live-restore.
bool IsSwarm(const EngineInfo& info) { return info.swarm_state != "inactive" && !info.swarm_state.empty(); }

Result<bool> IsSwarmOn(System& system) {
  TRY_LET(const EngineInfo info, GetEngineInfo(system));
  return IsSwarm(info);
}

// Nothing to change: live-restore is set or disabled in daemon.json, passed as a flag, or excluded by Swarm.
Result<bool> NeedsNoChange(EngineContext& context) {
  TRY_LET(const DaemonJson daemon_json, ReadFile(context.system.files));
  if (daemon_json.live_restore) return true;
  TRY_LET(const bool by_flag, IsSetByFlag(context));
  if (by_flag) return true;
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.active_state != "active") return false;
  return IsSwarmOn(context.system);
}

Result<bool> IsEngineDown(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  return facts.active_state != "active";
}

// daemon.json has live-restore, but the running engine has not loaded it, so the restart that is due would
// stop the containers.
Result<bool> IsReloadPending(EngineContext& context) {
  TRY_LET(const DaemonJson daemon_json, ReadFile(context.system.files));
  if (!daemon_json.live_restore.value_or(false)) return false;
  TRY_LET(const bool runs, MatchesTarget(context));
  if (runs) return false;
  TRY_LET(const EngineInfo info, GetEngineInfo(context.system));
  return !info.live_restore;
}

// SIGHUP makes dockerd reload daemon.json, including changes that others made to it and did not load.
Status Reload(System& system, DockerUnit& unit, bool wanted) {
  unit.Invalidate();
  TRY_LET(const UnitFacts facts, unit.Facts());
  if (facts.active_state != "active" || facts.has_job) {
    // SIGHUP kills a dockerd that is not ready yet.
    return Error{Code::kBusy,
                 "docker.service is " + facts.active_state + ", so it cannot reload daemon.json now"};
  }
  TRY(system.services.SignalMainProcess(std::string(kDockerUnit), Services::Signal::kHangUp));
  return RetryWhileBusy(system.clock, kReloadBudget, std::chrono::milliseconds(100), [&]() -> Status {
    TRY_LET(const EngineInfo info, system.engine.Info(kInfoBudget));
    if (info.live_restore == wanted) return {};
    return Error{Code::kBusy, "dockerd was asked to reload " + Quoted(kPath) +
                                  " but did not apply live-restore; see journalctl -u docker"};
  });
}

// dockerd exits at the reload when a newly configured plugin does not answer.
Status CheckPendingPlugins(const DaemonJson& daemon_json, const EngineInfo& info) {
  if (daemon_json.authorization_plugins.empty() ||
      daemon_json.authorization_plugins == info.authorization_plugins) {
    return {};
  }
  return Error{Code::kInvalidSettings,
               Quoted(kPath) +
                   " has authorization-plugins that the running engine does not use yet; restart "
                   "docker.service first, since reloading the file could stop the engine"};
}

Status Record(Files& files, const std::string& path, const std::optional<std::string>& original) {
  LiveRestoreRecord record{original, (0644_mode).bits(), 0, 0};
  if (original) {
    TRY_LET(const FileFacts facts, files.Inspect(path));
    record = {original, facts.mode.bits(), facts.owner, facts.group};
  }
  return AmendLedger(files, [&](Ledger& ledger) {
    if (!ledger.live_restore) ledger.live_restore = record;
  });
}

FileAttributes AttributesOf(const LiveRestoreRecord& record) {
  FileAttributes attributes(FileMode::FromBits(record.mode));
  attributes.owner = record.owner;
  attributes.group = record.group;
  return attributes;
}

Result<std::string> ReloadExisting(EngineContext& context, const EngineInfo& info) {
  if (IsSwarm(info)) {
    return Error{Code::kInvalidSettings,
                 Quoted(kPath) +
                     " sets live-restore, and this engine is part of a Swarm, so dockerd would not "
                     "start again; remove one of them"};
  }
  TRY(Reload(context.system, context.unit, true));
  return "loaded live-restore from " + Quoted(kPath) +
         ", so containers keep running during restarts of the engine";
}

Result<std::string> SetAndReload(EngineContext& context) {
  System& system = context.system;
  TRY_LET(const EngineInfo info, GetEngineInfo(system));
  TRY_LET(const auto original, ReadText(system.files));
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(original.value_or("")));
  TRY(CheckPendingPlugins(daemon_json, info));
  if (daemon_json.live_restore) return ReloadExisting(context, info);
  TRY(MakeRecordedFolder(system.files, std::string(kDockerFolder)));
  TRY_LET(const std::string path, PathToWrite(system.files));
  TRY(Record(system.files, path, original));
  TRY_LET(const Ledger ledger, LoadLedger(system.files));
  TRY(system.files.WriteAtomically(path, WithLiveRestore(original.value_or(""), true),
                                   AttributesOf(*ledger.live_restore)));
  TRY(Reload(system, context.unit, true));
  return std::string(
      "set live-restore, so containers keep running during restarts of the engine; `docker swarm init` "
      "fails while it is set");
}

// The file without the extension's key: the original bytes, unless somebody edited the file since.
std::string WithoutOurChange(const LiveRestoreRecord& record, const std::string& current) {
  const std::string original = record.original.value_or("");
  const bool unedited =
      current == WithLiveRestore(original, true) || current == WithLiveRestore(original, false);
  return unedited ? original : WithoutLiveRestore(current);
}

// A reload without the key does not change the running engine, so `false` is loaded first.
Status ReloadRunningEngine(System& system, const std::string& path, const LiveRestoreRecord& record,
                           const std::string& restored) {
  DockerUnit unit(system);
  TRY_LET(const UnitFacts facts, unit.Facts());
  if (facts.active_state != "active") return {};
  TRY(system.files.WriteAtomically(path, WithLiveRestore(restored, false), AttributesOf(record)));
  return Reload(system, unit, false);
}

Status Revert(System& system, const LiveRestoreRecord& record, const std::string& current) {
  const std::string restored = WithoutOurChange(record, current);
  TRY_LET(const std::string path, PathToWrite(system.files));
  TRY(ReloadRunningEngine(system, path, record, restored));
  if (!record.original && restored.empty()) return system.files.Remove(path);
  return system.files.WriteAtomically(path, restored, AttributesOf(record));
}

}  // namespace

Result<std::vector<std::string>> LiveRestoreWarnings(EngineContext& context) {
  std::vector<std::string> warnings;
  if (!IsWanted(context.target)) return warnings;
  TRY_LET(const DaemonJson daemon_json, ReadFile(context.system.files));
  if (!daemon_json.live_restore.value_or(true)) {
    warnings.push_back("live-restore is false in " + Quoted(kPath) +
                       ", so containers stop whenever a change of the settings restarts the engine");
  }
  if (daemon_json.live_restore) return warnings;
  TRY_LET(const bool by_flag, IsSetByFlag(context));
  if (by_flag) return warnings;
  warnings.emplace_back(
      "live-restore is not set, because this engine is part of a Swarm, so containers stop whenever "
      "a change of the settings restarts it");
  return warnings;
}

Status RevertLiveRestore(System& system) {
  auto ledger = LoadLedger(system.files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return {};
  if (!ledger.ok()) return std::move(ledger).error();
  if (!ledger->live_restore) return {};
  TRY_LET(const auto current, ReadText(system.files));
  if (current) TRY(Revert(system, *ledger->live_restore, *current));
  return AmendLedger(system.files, [](Ledger& amended) { amended.live_restore.reset(); });
}

Step EnableLiveRestore(EngineContext& context) {
  return {.name = "live-restore",
          .done = [&context]() -> Result<bool> {
            if (!IsWanted(context.target)) return true;
            // A stopped engine starts first; then EnableLiveRestoreAfterStart applies.
            TRY_LET(const bool down, IsEngineDown(context));
            if (down) return true;
            TRY_LET(const bool pending, IsReloadPending(context));
            return pending ? Result<bool>(false) : NeedsNoChange(context);
          },
          .apply = [&context] { return SetAndReload(context); },
          .undo = [&context] { return RevertLiveRestore(context.system); }};
}

Step EnableLiveRestoreAfterStart(EngineContext& context) {
  return {.name = "live-restore",
          .done = [&context]() -> Result<bool> {
            if (!IsWanted(context.target)) return true;
            return NeedsNoChange(context);
          },
          .apply = [&context] { return SetAndReload(context); },
          .undo = [&context] { return RevertLiveRestore(context.system); }};
}

}  // namespace dockerext
