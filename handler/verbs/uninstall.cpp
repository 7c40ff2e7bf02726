// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/update_mark.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/take_back.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

// An earlier uninstall's worker removes the packages; it has closed the port before.
Result<bool> IsBeingRemoved(Host& host) {
  TRY_LET(const BootRecord record, BootState(host.files, host.locks).Read());
  if (record.work != "remove-packages") return false;
  return IsAlive(host, record);
}

// Both, the agent's folder and the mark of its update: either alone can be a left-over.
bool IsPartOfUpdate(VerbContext& context) {
  Host& host = context.host;
  const auto target = UpdatingTo(host.files, context.invocation, host.clock.UtcNow());
  const bool marked = TakeUpdateMark(host.files, host.clock, target.value_or(""));
  return target && marked;
}

Status LaunchRemoval(VerbContext& context) {
  Host& host = context.host;
  std::uint64_t generation = 0;
  TRY(BootState(host.files, host.locks).Update([&](BootRecord& record) -> Status {
    generation = NextGeneration(record, host.clock.SinceBoot());
    record = BootRecord{.generation = generation, .work = "remove-packages", .finished = false};
    if (context.environment) record.log_folder = context.environment->log_folder;
    return {};
  }));
  host.log.Info("the packages that the extension installed are removed in the background");
  return LaunchWorker(host, context.program, generation,
                      {"worker", "remove-packages", std::to_string(generation)});
}

Status TakeBackAll(VerbContext& context, std::uint64_t generation) {
  Host& host = context.host;
  const auto ledger = LoadLedger(host.files);
  if (!ledger.ok() && ledger.error().code != Code::kNotFound) {
    host.log.Warn(ledger.error().message + "; only the port was closed");
    return {};
  }
  if (ledger.ok()) {
    TakeBackConfiguration(host, *ledger);
    if (WantsPackagesRemoved(*ledger)) return LaunchRemoval(context);
  }
  return BootState(host.files, host.locks).ForgetEverything(generation);
}

}  // namespace

Status Uninstall(VerbContext& context) {
  Host& host = context.host;
  TRY_LET(const bool being_removed, IsBeingRemoved(host));
  if (being_removed) {
    host.log.Info("an earlier uninstall is removing the packages already");
    return {};
  }
  TRY_LET(const TakenOver taken, TakeOver(host, "uninstall"));
  if (IsPartOfUpdate(context)) {
    host.log.Info("part of an update: the machine stays as it is");
    return {};
  }
  TRY(CloseEndpoint(host));
  // The port is closed, which is what must not fail; the rest is told in the log.
  const Status taken_back = TakeBackAll(context, taken.generation);
  if (!taken_back.ok()) host.log.Failed(taken_back.error().message + ", continuing");
  return {};
}

}  // namespace dockerext
