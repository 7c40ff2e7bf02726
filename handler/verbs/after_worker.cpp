// SPDX-License-Identifier: MIT
#include "handler/steps/close_endpoint.hpp"
#include "handler/verbs/outcome.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kLockBudget{30};

Error CutOff(const std::string& result, const Status& restored) {
  std::string message = "the work was cut off before its end (systemd says: " + result + ")";
  message += restored.ok()
                 ? "; the last configuration that worked is in force"
                 : "; going back to the last configuration that worked failed: " + restored.error().message;
  return Error{Code::kInternal, message + "; set the extension's settings again"};
}

}  // namespace

// A worker that ended as it should has marked its record finished, and one that was superseded is not the
// newest.
Status AfterWorker(Host& host, std::uint64_t generation, const std::string& result) {
  BootState boot(host.files, host.locks);
  TRY_LET(const BootRecord record, boot.Read());
  if (record.generation != generation || record.finished) return {};
  host.log.Failed("the worker ended before its work did (" + result + ")");
  TRY_LET(const auto lock, boot.AcquireWork(kLockBudget));
  const Status restored = RestoreProven(host);
  return boot.Update([&](BootRecord& newest) -> Status {
    if (newest.generation != generation) return {};
    newest.finished = true;
    if (newest.work != "enable") return {};
    return WriteStatus(host.files, newest.status_folder, newest.sequence,
                       ErrorReport(CutOff(result, restored)), host.clock.UtcNow());
  });
}

}  // namespace dockerext
