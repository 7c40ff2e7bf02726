// SPDX-License-Identifier: MIT
#include "handler/agent/error_report.hpp"
#include "handler/distro/platform.hpp"
#include "handler/engine/collect_garbage.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/engine/package_repository.hpp"
#include "handler/errors/engine.hpp"
#include "handler/settings/desired_state.hpp"
#include "handler/state/ledger.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// The exited worker holds no lock any more. If the lock is held, then by an older worker, which stops before
// its next step; that may take long.
constexpr std::chrono::minutes kLockBudget{4};
constexpr std::chrono::minutes kRestoreBudget{8};
constexpr std::chrono::minutes kRepositoryBudget{2};

// How the worker ended, from systemd's $SERVICE_RESULT.
Error EndOf(const std::string& result, const std::string& rollback) {
  if (result == "success") return MakeError<errors::kWorkerStopped>(rollback);
  if (result == "signal") return MakeError<errors::kWorkerKilled>(rollback);
  if (result == "oom-kill") return MakeError<errors::kWorkerOutOfMemory>(rollback);
  if (result == "timeout") return MakeError<errors::kWorkerTimeLimit>(rollback);
  return MakeError<errors::kWorkerFailed>(rollback, result);
}

// Of a worker whose rollback failed: why it failed, and what became of the second attempt.
Error AfterFailure(Error failure, const Status& restored) {
  if (restored.ok()) {
    failure.what += "; rolled back to the previous configuration";
    return failure;
  }
  // Where dockerd named none of the options, and does not start with the previous ones either, they are not
  // at fault.
  const Error& error = restored.error();
  const bool is_machines = failure.where == kOptionsPath && error.owner == Owner::kVmOwner;
  Error shown = is_machines ? error : failure;
  shown.what = failure.what +
               "; rolling back failed too: " + (error.remedy == shown.remedy ? error.what : error.Message());
  return shown;
}

Error Outcome(const OperationRecord& record, const std::string& result, const Status& restored) {
  if (record.failure) return AfterFailure(*record.failure, restored);
  return EndOf(result, restored.ok() ? "rolled back to the last known good configuration, if there was one"
                                     : "rolling back to the last known good configuration failed: " +
                                           restored.error().Message());
}

// A change of it that the worker began. Where none was there before, the next enable goes on with what is
// there. Package managers take their time, so not before the status.
Status RestoreFormerRepository(System& system, Operation& operation) {
  const auto ledger = LoadLedger(system.files);
  const bool was_changed =
      ledger.ok() && ledger->former_repository && !ledger->former_repository->files.empty();
  if (!was_changed) return {};
  TRY_LET(const Platform platform, DetectPlatform(system.files));
  if (platform.packages == nullptr) return {};
  PackageActions packages(system.commands, system.clock, system.locks, *platform.packages,
                          operation.WaitUpTo(kRepositoryBudget));
  // That of the worker goes on without it.
  TRY(packages.AwaitUnlocked().Context("putting the former package repository back"));
  return RestoreRepository(system, *platform.packages, packages);
}

Status CollectAndRestore(System& system, Operation& operation) {
  TRY(operation.AcquireLock(kLockBudget).Context("an earlier operation has not finished yet"));
  const Status collected = CollectUnfinished(system.files);
  if (!collected.ok()) system.log.Warn(collected.error().what + ", continuing");
  TRY(RestoreLastKnownGood(system, operation.WaitUpTo(kRestoreBudget)));
  return {};
}

}  // namespace

// A worker that finished has marked its record, and the generation of a superseded one is not the newest:
// nothing to do in either case. Nor while the machine shuts down: its status stays "transitioning", the
// engine stops anyway, and the agent calls enable after the boot.
Status OnWorkerExit(System& system, std::uint64_t generation, const std::string& result) {
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  if (record.generation != generation || record.finished) return {};
  const auto shutting_down = system.services.IsShuttingDown();
  if (shutting_down.ok() && *shutting_down) {
    system.log.Info("the machine shuts down: the operation goes on after the next boot");
    return {};
  }
  system.log.Error("the worker ended before its operation was finished (systemd's result: " + result + ")");
  Operation operation(system, generation);
  // A package removal has closed the port already and has no status, and its engine must not be started.
  if (record.operation != "enable") return operation.MarkFinished();
  const Status restored = CollectAndRestore(system, operation);
  TRY(operation.Finish(ErrorReport(Outcome(record, result, restored))));
  const Status repository = restored.ok() ? RestoreFormerRepository(system, operation) : Status();
  if (!repository.ok()) system.log.Warn(repository.error().what + ", so the next enable does it");
  return {};
}

}  // namespace dockerext
