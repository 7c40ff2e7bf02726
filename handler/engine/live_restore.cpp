// SPDX-License-Identifier: MIT
#include "handler/engine/live_restore.hpp"

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/errors/conflicts.hpp"
#include "handler/errors/engine.hpp"
#include "handler/state/folders.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kInfoBudget{20};
constexpr std::chrono::seconds kReloadBudget{15};

// The file to write: the target, when daemon.json is a symlink.
Result<std::string> PathToWrite(Files& files, const std::string& path) {
  if (!Exists(files, path)) return path;
  auto target = files.Resolve(path);
  if (target.ok() || target.error().code != Code::kNotFound) return target;
  return MakeError<errors::kDanglingSymlink>(Quoted(path));
}

// `target` is the file behind a symlink.
Status Record(Files& files, const DaemonJsonFile& file, const std::string& target) {
  LiveRestoreRecord record{file.text, (0644_mode).bits(), 0, 0, 0, file.path};
  if (file.text) {
    TRY_LET(const FileFacts facts, files.Inspect(target));
    record = {
        file.text, facts.mode.bits(), facts.owner, facts.group, facts.modified.time_since_epoch().count(),
        file.path};
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

// With its time, so that the file does not look changed since the engine started.
FileAttributes RestoredAttributes(const LiveRestoreRecord& record, const std::string& restored,
                                  const DaemonJsonFile& file) {
  using Time = std::chrono::system_clock::time_point;
  FileAttributes attributes = AttributesOf(record);
  const bool is_original = restored == record.original;
  attributes.modified = is_original ? Time(Time::duration(record.modified)) : file.modified;
  return attributes;
}

enum class Reload { kNo, kYes };

Status Restore(System& system, const LiveRestoreRecord& record, const DaemonJsonFile& file,
               const Observation& observed, Reload reload) {
  const std::string restored = WithoutLiveRestore(*file.text, record.original.value_or(""));
  TRY_LET(const std::string path, PathToWrite(system.files, file.path));
  const bool is_read = file.path == observed.daemon_json.path;
  if (reload == Reload::kYes && is_read && IsReady(observed.unit)) {
    // A reload without the key does not change the running engine, so `false` is loaded first.
    TRY(system.files.WriteAtomically(path, WithLiveRestore(restored, false), AttributesOf(record)));
    Status reloaded = ReloadLiveRestore(system, observed, false);
    // Of a hanging engine the next start would otherwise stop the containers.
    if (!reloaded.ok()) {
      TRY(system.files.WriteAtomically(path, *file.text, AttributesOf(record)));
      return reloaded;
    }
  }
  if (!record.original && restored.empty()) return system.files.Remove(path);
  return system.files.WriteAtomically(path, restored, RestoredAttributes(record, restored, file));
}

// The file is the one that was changed, whatever --config-file says by now.
Status Remove(System& system, const Observation& observed, Reload reload) {
  if (observed.ledger_error) return *observed.ledger_error;
  const auto& record = observed.ledger.live_restore;
  if (!record) return {};
  TRY_LET(const DaemonJsonFile file, ReadDaemonJsonFile(system.files, record->path));
  if (file.text) TRY(Restore(system, *record, file, observed, reload));
  return AmendLedger(system.files, [](Ledger& ledger) { ledger.live_restore.reset(); });
}

}  // namespace

Result<DaemonJson> ReadDaemonJson(System& system, const Observation& observed) {
  const DaemonJsonFile& file = observed.daemon_json;
  if (!file.text) return DaemonJson{};
  auto read = ReadDaemonJson(*file.text, observed.version.value_or(""), file.path);
  if (read.ok() || observed.version) return read;
  // The strictest reading refuses it; a stopped engine may be of a version that does not.
  return ReadDaemonJson(*file.text, EngineVersion(system, observed), file.path);
}

Status AddLiveRestore(System& system, const Observation& observed) {
  const DaemonJsonFile& file = observed.daemon_json;
  if (ParentOf(file.path) == kDockerFolder) TRY(MakeRecordedFolder(system.files, std::string(kDockerFolder)));
  TRY_LET(const std::string path, PathToWrite(system.files, file.path));
  TRY(Record(system.files, file, path));
  TRY_LET(const Ledger ledger, LoadLedger(system.files));
  return system.files.WriteAtomically(path, WithLiveRestore(file.text.value_or(""), true),
                                      AttributesOf(*ledger.live_restore));
}

Status RemoveLiveRestore(System& system, const ReportWait& report_wait) {
  TRY(AwaitSettled(system, report_wait));
  TRY_LET(const Observation observed, Observe(system));
  return Remove(system, observed, Reload::kYes);
}

Status RemoveLiveRestoreKey(System& system, const Observation& observed) {
  return Remove(system, observed, Reload::kNo);
}

Status ReloadLiveRestore(System& system, const Observation& observed, bool wanted) {
  TRY_LET(const UnitFacts facts, system.services.Describe(std::string(kDockerUnit)));
  if (!IsReady(facts)) {
    // SIGHUP kills a dockerd that is not ready yet.
    return MakeError<errors::kCannotReloadNow>(facts.active_state);
  }
  TRY(system.services.SignalMainProcess(std::string(kDockerUnit), Services::Signal::kHangUp));
  return RetryWhileBusy(system.clock, kReloadBudget, std::chrono::milliseconds(100), [&]() -> Status {
    TRY_LET(const EngineInfo info, system.engine.Info(observed.socket, kInfoBudget));
    if (info.live_restore == wanted) return {};
    return MakeError<errors::kReloadIgnored>(Quoted(observed.daemon_json.path));
  });
}

}  // namespace dockerext
