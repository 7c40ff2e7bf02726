// SPDX-License-Identifier: MIT
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/collect_garbage.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/status_text.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// A dead worker holds no lock. Whoever does is an older one that stops at its next step, but perhaps not
// soon.
constexpr std::chrono::seconds kLockBudget{2};
constexpr std::chrono::minutes kPatience{4};

// In the words of somebody who does not know systemd's.
std::string CauseOf(const std::string& result) {
  if (result == "success") return "it was stopped";
  if (result == "signal") return "it was killed";
  if (result == "oom-kill") return "the VM ran out of memory";
  if (result == "timeout") return "its time was used up";
  return "systemd says: " + result;
}

Error WorkerKilled(const std::string& result, const Status& restored) {
  std::string message = "the work was cut off before its end (" + CauseOf(result) + ")";
  message += restored.ok()
                 ? "; the last configuration that worked, if there was one, is in force"
                 : "; going back to the last configuration that worked failed: " + restored.error().message;
  return Error{Code::kInternal, message + "; set the extension's settings again"};
}

Status RestoreAndSweep(System& system) {
  const Status collected = CollectUnfinished(system.files);
  if (!collected.ok()) system.log.Warn(collected.error().message + ", continuing");
  return RestoreLastKnownGood(system);
}

// A removal of packages has closed the port before it began, has no status, and its engine is nobody's to
// start.
Status MarkFinished(System& system, std::uint64_t generation) {
  return OperationStore(system.files, system.locks).Update([&](OperationRecord& newest) -> Status {
    if (newest.generation == generation) newest.finished = true;
    return {};
  });
}

// The last word in the name of the dead.
Status Report(System& system, std::uint64_t generation, const Error& error) {
  return OperationStore(system.files, system.locks).Update([&](OperationRecord& newest) -> Status {
    if (newest.generation != generation) return {};
    newest.finished = true;
    return WriteStatus(system.files, newest.status_folder, newest.sequence, ErrorReport(error),
                       system.clock.UtcNow());
  });
}

// The status must not wait for the older one's end; the machine has to.
Status RestoreLater(System& system, std::uint64_t generation, const std::string& result) {
  TRY(Report(system, generation,
             WorkerKilled(result, Error{Code::kBusy, "an earlier work has not ended yet"})));
  TRY_LET(const auto lock, OperationStore(system.files, system.locks).AcquireOperation(kPatience));
  TRY(CheckNotSuperseded(system, generation));
  return RestoreAndSweep(system);
}

}  // namespace

// A worker that ended as it should has marked its record finished, and one that was superseded is not the
// newest.
Status OnWorkerExit(System& system, std::uint64_t generation, const std::string& result) {
  OperationStore boot(system.files, system.locks);
  TRY_LET(const OperationRecord record, boot.Read());
  if (record.generation != generation || record.finished) return {};
  system.log.Error("the worker ended before its work did (" + result + ")");
  if (record.operation != "enable") return MarkFinished(system, generation);
  const auto lock = boot.AcquireOperation(kLockBudget);
  if (!lock.ok()) return RestoreLater(system, generation, result);
  return Report(system, generation, WorkerKilled(result, RestoreAndSweep(system)));
}

}  // namespace dockerext
