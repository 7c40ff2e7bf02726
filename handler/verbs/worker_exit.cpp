// SPDX-License-Identifier: MIT
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/collect_garbage.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/status_text.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// The exited worker holds no lock any more. If the lock is held, then by an older worker, which stops before
// its next step; that may take long.
constexpr std::chrono::seconds kLockBudget{2};
constexpr std::chrono::minutes kOlderWorkerBudget{4};

// How the worker ended, from systemd's $SERVICE_RESULT, in plain words.
std::string EndOf(const std::string& result) {
  if (result == "success") return "was stopped before it finished";
  if (result == "signal") return "was killed before it finished";
  if (result == "oom-kill") return "was killed before it finished, because the VM ran out of memory";
  if (result == "timeout") return "reached its time limit before it finished";
  return "failed before it finished (systemd's result: " + result + ")";
}

Error WorkerEnded(const std::string& result, const Status& restored) {
  std::string message = "the worker " + EndOf(result);
  message += restored.ok()
                 ? "; rolled back to the last known good configuration, if there was one"
                 : "; rolling back to the last known good configuration failed: " + restored.error().message;
  return Error{Code::kInternal, message + "; set the extension's settings again"};
}

Status CollectAndRestore(System& system) {
  const Status collected = CollectUnfinished(system.files);
  if (!collected.ok()) system.log.Warn(collected.error().message + ", continuing");
  return RestoreLastKnownGood(system);
}

// For a package removal: its port is already closed, it has no status, and its engine must not be started.
Status MarkFinished(System& system, std::uint64_t generation) {
  return OperationStore(system.files, system.locks).Update([&](OperationRecord& newest) -> Status {
    if (newest.generation == generation) newest.finished = true;
    return {};
  });
}

// Writes the final status in place of the worker.
Status Report(System& system, std::uint64_t generation, const Error& error) {
  return OperationStore(system.files, system.locks).Update([&](OperationRecord& newest) -> Status {
    if (newest.generation != generation) return {};
    newest.finished = true;
    return WriteStatus(system.files, newest.status_folder, newest.sequence, ErrorReport(error),
                       system.clock.UtcNow());
  });
}

// Writes the status at once; the rollback has to wait until the older worker releases the lock.
Status RestoreLater(System& system, std::uint64_t generation, const std::string& result) {
  TRY(Report(system, generation,
             WorkerEnded(result, Error{Code::kBusy, "an earlier operation has not finished yet"})));
  TRY_LET(const auto lock, OperationStore(system.files, system.locks).AcquireOperation(kOlderWorkerBudget));
  TRY(CheckNotSuperseded(system, generation));
  return CollectAndRestore(system);
}

}  // namespace

// A worker that finished has marked its record, and the generation of a superseded one is not the newest:
// nothing to do in either case.
Status OnWorkerExit(System& system, std::uint64_t generation, const std::string& result) {
  OperationStore store(system.files, system.locks);
  TRY_LET(const OperationRecord record, store.Read());
  if (record.generation != generation || record.finished) return {};
  system.log.Error("the worker ended before its operation was finished (systemd's result: " + result + ")");
  if (record.operation != "enable") return MarkFinished(system, generation);
  const auto lock = store.AcquireOperation(kLockBudget);
  if (!lock.ok()) return RestoreLater(system, generation, result);
  return Report(system, generation, WorkerEnded(result, CollectAndRestore(system)));
}

}  // namespace dockerext
