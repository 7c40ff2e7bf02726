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

// Where it is written: behind the link, where others keep it elsewhere.
Result<std::string> PathToWrite(Files& files) {
  if (!Exists(files, kPath)) return kPath;
  auto path = files.Resolve(kPath);
  if (path.ok() || path.error().code != Code::kNotFound) return path;
  return Error{Code::kInvalidSettings, Quoted(kPath) + " is a link to nothing; mend it or remove it"};
}

Result<DaemonJson> ReadFile(Files& files) {
  TRY_LET(const auto text, ReadText(files));
  return ReadDaemonJson(text.value_or(""));
}

// Containers of an engine that we configure are ours to keep; of one that we only install they are not.
bool IsWanted(const EngineTarget& target) {
  return !target.leave_engine_alone && (target.endpoint.has_value() || !target.options.empty());
}

bool IsLiveRestoreFlag(const std::string& word) {
  return word == "--live-restore" || word.starts_with("--live-restore=");
}

Result<bool> IsSetByFlag(EngineContext& context) {
  const auto& options = context.target.options;
  if (std::any_of(options.begin(), options.end(), IsLiveRestoreFlag)) return true;
  TRY_LET(const VendorCommand vendor, context.unit.Vendor());
  return std::any_of(vendor.words.begin(), vendor.words.end(),
                     [](const ArgWithOrigin& word) { return IsLiveRestoreFlag(word.word); });
}

// The quick question first: an engine that hangs is not waited for longer than it takes to see that.
Result<EngineInfo> PingAndAsk(System& system) {
  TRY(system.engine.Ping(kPingBudget));
  return system.engine.Info(kInfoBudget);
}

Result<EngineInfo> AskEngine(System& system) {
  auto info = PingAndAsk(system);
  if (info.ok()) return info;
  return Error{info.error().code, "the engine does not tell its state: " + info.error().message +
                                      "; see `journalctl -u docker` and, if it hangs, run `systemctl restart "
                                      "docker`"};
}

// Swarm and live-restore exclude each other: the engine's next start would fail.
bool IsSwarm(const EngineInfo& info) { return info.swarm_state != "inactive" && !info.swarm_state.empty(); }

Result<bool> IsSwarmOn(System& system) {
  TRY_LET(const EngineInfo info, AskEngine(system));
  return IsSwarm(info);
}

// Nothing left to decide: set, forbidden by the user, given as a flag, or excluded by Swarm.
Result<bool> IsDecided(EngineContext& context) {
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

// daemon.json says true, but the running engine has not read that, and the restart that is due would stop
// the containers.
Result<bool> IsUnread(EngineContext& context) {
  TRY_LET(const DaemonJson daemon_json, ReadFile(context.system.files));
  if (!daemon_json.live_restore.value_or(false)) return false;
  TRY_LET(const bool runs, RunsAsWanted(context));
  if (runs) return false;
  TRY_LET(const EngineInfo info, AskEngine(context.system));
  return !info.live_restore;
}

// SIGHUP makes dockerd read daemon.json anew, with all that others left pending in it.
Status Reload(System& system, DockerUnit& unit, bool wanted) {
  unit.Changed();
  TRY_LET(const UnitFacts facts, unit.Facts());
  if (facts.active_state != "active" || facts.has_job) {
    // Before it is ready the signal would kill it.
    return Error{Code::kBusy,
                 "docker.service is " + facts.active_state + ", so it cannot read daemon.json anew now"};
  }
  TRY(system.services.SignalMainProcess(std::string(kDockerUnit), Services::Signal::kHangUp));
  return RetryWhileBusy(system.clock, kReloadBudget, std::chrono::milliseconds(100), [&]() -> Status {
    TRY_LET(const EngineInfo info, system.engine.Info(kInfoBudget));
    if (info.live_restore == wanted) return {};
    return Error{Code::kBusy, "dockerd was told to read " + Quoted(kPath) +
                                  " anew, but did not take live-restore over; see journalctl -u docker"};
  });
}

// A plugin that is new in the file and does not answer ends dockerd at the reload.
Status CheckPending(const DaemonJson& daemon_json, const EngineInfo& info) {
  if (daemon_json.authorization_plugins.empty() ||
      daemon_json.authorization_plugins == info.authorization_plugins) {
    return {};
  }
  return Error{Code::kInvalidSettings,
               Quoted(kPath) +
                   " has authorization-plugins that the running engine does not use yet; restart "
                   "docker.service first, since reading the file anew could end it"};
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
  FileAttributes stamp(FileMode::FromBits(record.mode));
  stamp.owner = record.owner;
  stamp.group = record.group;
  return stamp;
}

Result<std::string> PutInForce(EngineContext& context, const EngineInfo& info) {
  if (IsSwarm(info)) {
    return Error{Code::kInvalidSettings,
                 Quoted(kPath) +
                     " sets live-restore, and this engine is part of a Swarm, with which dockerd "
                     "does not start again; remove one of them"};
  }
  TRY(Reload(context.system, context.unit, true));
  return "live-restore, as " + Quoted(kPath) +
         " has it, is in force, so containers outlive restarts of the engine";
}

Result<std::string> Set(EngineContext& context) {
  System& system = context.system;
  TRY_LET(const EngineInfo info, AskEngine(system));
  TRY_LET(const auto original, ReadText(system.files));
  TRY_LET(const DaemonJson daemon_json, ReadDaemonJson(original.value_or("")));
  TRY(CheckPending(daemon_json, info));
  if (daemon_json.live_restore) return PutInForce(context, info);
  TRY(MakeOwnFolder(system.files, std::string(kDockerFolder)));
  TRY_LET(const std::string path, PathToWrite(system.files));
  TRY(Record(system.files, path, original));
  TRY_LET(const Ledger ledger, LoadLedger(system.files));
  TRY(system.files.WriteAtomically(path, WithLiveRestore(original.value_or(""), true),
                                   AttributesOf(*ledger.live_restore)));
  TRY(Reload(system, context.unit, true));
  return std::string(
      "live-restore is set, so containers outlive restarts of the engine; `docker swarm init` is "
      "refused from now on");
}

// What the file will be without us: the bytes that were there, where it is as we left it.
std::string Restored(const LiveRestoreRecord& record, const std::string& current) {
  const std::string original = record.original.value_or("");
  const bool untouched =
      current == WithLiveRestore(original, true) || current == WithLiveRestore(original, false);
  return untouched ? original : WithoutLiveRestore(current);
}

// A reload without the key would leave the running engine as it is, so it is told false first.
Status ReloadRunningEngine(System& system, const std::string& path, const LiveRestoreRecord& record,
                           const std::string& restored) {
  DockerUnit unit(system);
  TRY_LET(const UnitFacts facts, unit.Facts());
  if (facts.active_state != "active") return {};
  TRY(system.files.WriteAtomically(path, WithLiveRestore(restored, false), AttributesOf(record)));
  return Reload(system, unit, false);
}

Status Revert(System& system, const LiveRestoreRecord& record, const std::string& current) {
  const std::string restored = Restored(record, current);
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
            // One start with the new configuration first; EnableLiveRestoreAfterStart does the rest.
            TRY_LET(const bool down, IsEngineDown(context));
            if (down) return true;
            TRY_LET(const bool unread, IsUnread(context));
            return unread ? Result<bool>(false) : IsDecided(context);
          },
          .apply = [&context] { return Set(context); },
          .undo = [&context] { return RevertLiveRestore(context.system); }};
}

Step EnableLiveRestoreAfterStart(EngineContext& context) {
  return {.name = "live-restore",
          .done = [&context]() -> Result<bool> {
            if (!IsWanted(context.target)) return true;
            return IsDecided(context);
          },
          .apply = [&context] { return Set(context); },
          .undo = [&context] { return RevertLiveRestore(context.system); }};
}

}  // namespace dockerext
