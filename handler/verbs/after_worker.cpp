// SPDX-License-Identifier: MIT
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/sweep.hpp"
#include "handler/verbs/outcome.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

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

Error CutOff(const std::string& result, const Status& restored) {
  std::string message = "the work was cut off before its end (" + CauseOf(result) + ")";
  message += restored.ok()
                 ? "; the last configuration that worked, if there was one, is in force"
                 : "; going back to the last configuration that worked failed: " + restored.error().message;
  return Error{Code::kInternal, message + "; set the extension's settings again"};
}

Status RestoreAndSweep(Host& host) {
  const Status swept = SweepUnfinished(host.files);
  if (!swept.ok()) host.log.Warn(swept.error().message + ", continuing");
  return RestoreProven(host);
}

// A removal of packages has closed the port before it began, has no status, and its engine is nobody's to
// start.
Status MarkFinished(Host& host, std::uint64_t generation) {
  return BootState(host.files, host.locks).Update([&](BootRecord& newest) -> Status {
    if (newest.generation == generation) newest.finished = true;
    return {};
  });
}

// The last word in the name of the dead.
Status Report(Host& host, std::uint64_t generation, const Error& error) {
  return BootState(host.files, host.locks).Update([&](BootRecord& newest) -> Status {
    if (newest.generation != generation) return {};
    newest.finished = true;
    return WriteStatus(host.files, newest.status_folder, newest.sequence, ErrorReport(error),
                       host.clock.UtcNow());
  });
}

// The status must not wait for the older one's end; the machine has to.
Status RestoreLater(Host& host, std::uint64_t generation, const std::string& result) {
  TRY(Report(host, generation, CutOff(result, Error{Code::kBusy, "an earlier work has not ended yet"})));
  TRY_LET(const auto lock, BootState(host.files, host.locks).AcquireWork(kPatience));
  TRY(StillNewest(host, generation));
  return RestoreAndSweep(host);
}

}  // namespace

// A worker that ended as it should has marked its record finished, and one that was superseded is not the
// newest.
Status AfterWorker(Host& host, std::uint64_t generation, const std::string& result) {
  BootState boot(host.files, host.locks);
  TRY_LET(const BootRecord record, boot.Read());
  if (record.generation != generation || record.finished) return {};
  host.log.Failed("the worker ended before its work did (" + result + ")");
  if (record.work != "enable") return MarkFinished(host, generation);
  const auto lock = boot.AcquireWork(kLockBudget);
  if (!lock.ok()) return RestoreLater(host, generation, result);
  return Report(host, generation, CutOff(result, RestoreAndSweep(host)));
}

}  // namespace dockerext
