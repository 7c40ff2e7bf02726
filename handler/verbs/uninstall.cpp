// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/update_mark.hpp"
#include "handler/steps/close_endpoint.hpp"
#include "handler/steps/revert_configuration.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// An earlier uninstall's worker removes the packages; it has closed the port before.
Result<bool> IsBeingRemoved(System& system) {
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  if (record.operation != "remove-packages") return false;
  return IsAlive(system, record);
}

// Both, the agent's folder and the mark of its update: either alone can be a left-over.
bool IsPartOfUpdate(VerbContext& context) {
  System& system = context.system;
  const auto target = UpdatingTo(system.files, context.invocation, system.clock.UtcNow());
  const bool marked = TakeUpdateMark(system.files, system.clock, target.value_or(""));
  return target && marked;
}

Status LaunchRemoval(VerbContext& context) {
  System& system = context.system;
  std::uint64_t generation = 0;
  TRY(OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
    generation = NextGeneration(record, system.clock.SinceBoot());
    record = OperationRecord{.generation = generation, .operation = "remove-packages", .finished = false};
    if (context.environment) record.log_folder = context.environment->log_folder;
    return {};
  }));
  system.log.Info("the packages that the extension installed are removed in the background");
  return LaunchWorker(system, context.program, generation,
                      {"worker", "remove-packages", std::to_string(generation)});
}

Status RevertAll(VerbContext& context, std::uint64_t generation) {
  System& system = context.system;
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok() && ledger.error().code != Code::kNotFound) {
    system.log.Warn(ledger.error().message + "; only the port was closed");
    return {};
  }
  if (ledger.ok()) {
    RevertConfiguration(system, *ledger);
    if (WantsPackagesRemoved(*ledger)) return LaunchRemoval(context);
  }
  return OperationStore(system.files, system.locks).RemoveAllState(generation);
}

}  // namespace

Status Uninstall(VerbContext& context) {
  System& system = context.system;
  TRY_LET(const bool being_removed, IsBeingRemoved(system));
  if (being_removed) {
    system.log.Info("an earlier uninstall is removing the packages already");
    return {};
  }
  TRY_LET(const OwnedOperation operation, Supersede(system, "uninstall"));
  if (IsPartOfUpdate(context)) {
    system.log.Info("part of an update: the machine stays as it is");
    return {};
  }
  TRY(CloseEndpoint(system));
  // The port is closed, which is what must not fail; the rest is told in the log.
  const Status reverted = RevertAll(context, operation.generation);
  if (!reverted.ok()) system.log.Error(reverted.error().message + ", continuing");
  return {};
}

}  // namespace dockerext
