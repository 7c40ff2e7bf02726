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

// Whether the worker of an earlier uninstall, which has already closed the port, still removes packages.
Result<bool> IsBeingRemoved(System& system) {
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  if (record.operation != "remove-packages") return false;
  return IsAlive(system, record);
}

// Requires both the agent's folder of the new version and the update mark: either alone can be stale.
bool IsPartOfUpdate(VerbContext& context) {
  System& system = context.system;
  const auto target = UpdatingTo(system.files, context.invocation, system.clock.UtcNow());
  const bool marked = ConsumeUpdateMark(system.files, system.clock, target.value_or(""));
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
  system.log.Info("removing, in the background, the packages that the extension installed");
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
    system.log.Info("an earlier uninstall is already removing the packages");
    return {};
  }
  TRY_LET(const OwnedOperation operation, Supersede(system, "uninstall"));
  if (IsPartOfUpdate(context)) {
    system.log.Info("part of an update: the machine is left unchanged");
    return {};
  }
  TRY(CloseEndpoint(system));
  // Closing the port is what must not fail; a failure of the rest is only logged.
  const Status reverted = RevertAll(context, operation.generation);
  if (!reverted.ok()) system.log.Error(reverted.error().message + ", continuing");
  return {};
}

}  // namespace dockerext
