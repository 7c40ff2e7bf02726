// SPDX-License-Identifier: MIT
#include "handler/agent/error_report.hpp"
#include "handler/engine/collect_garbage.hpp"
#include "handler/engine/last_known_good.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// The exited worker holds no lock any more. If the lock is held, then by an older worker, which stops before
// its next step; that may take long.
constexpr std::chrono::minutes kLockBudget{4};
constexpr std::chrono::minutes kRestoreBudget{8};

// How the worker ended, from systemd's $SERVICE_RESULT, in plain words.
std::string EndOf(const std::string& result) {
  if (result == "success") return "was stopped before it finished";
  if (result == "signal") return "was killed before it finished";
  if (result == "oom-kill") return "was killed before it finished, because the VM ran out of memory";
  if (result == "timeout") return "reached its time limit before it finished";
  return "failed before it finished (systemd's result: " + result + ")";
}

// Of a worker whose rollback failed: why it failed, and what became of the second attempt.
Error AfterFailure(const OperationRecord& record, const Status& restored) {
  return Error{static_cast<Code>(record.failure_code),
               record.failure + (restored.ok() ? "; rolled back to the previous configuration"
                                               : "; rolling back failed too: " + restored.error().message)};
}

Error Outcome(const OperationRecord& record, const std::string& result, const Status& restored) {
  if (!record.failure.empty()) return AfterFailure(record, restored);
  std::string message = "the worker " + EndOf(result);
  message += restored.ok()
                 ? "; rolled back to the last known good configuration, if there was one"
                 : "; rolling back to the last known good configuration failed: " + restored.error().message;
  return Error{Code::kInternal, message + "; set the extension's settings again"};
}

Status CollectAndRestore(System& system, Operation& operation) {
  TRY(operation.AcquireLock(kLockBudget).Context("an earlier operation has not finished yet"));
  const Status collected = CollectUnfinished(system.files);
  if (!collected.ok()) system.log.Warn(collected.error().message + ", continuing");
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
  return operation.Finish(ErrorReport(Outcome(record, result, restored)));
}

}  // namespace dockerext
