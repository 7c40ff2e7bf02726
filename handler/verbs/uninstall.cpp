// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/agent/update_protocol.hpp"
#include "handler/engine/close_endpoint.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/programs.hpp"
#include "handler/state/tls_sets.hpp"
#include "handler/state/update_mark.hpp"
#include "handler/verbs/launch_worker.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/removal_unit.hpp"
#include "handler/verbs/revert_configuration.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kEngineBudget{240};

// Whether the worker of an earlier uninstall, which has already closed the port, still removes packages.
Result<bool> IsBeingRemoved(System& system) {
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  if (record.operation != "remove-packages") return false;
  return IsAlive(system, record);
}

// Requires both the mark of a successful update and the agent's folder of the version that it names: either
// alone can be stale.
bool IsPartOfUpdate(VerbContext& context) {
  System& system = context.system;
  const auto marked = ConsumeUpdateMark(system.files, system.clock);
  const auto targets = UpdatingTo(system.files, context.invocation);
  return marked && std::find(targets.begin(), targets.end(), *marked) != targets.end();
}

Status LaunchRemoval(VerbContext& context) {
  System& system = context.system;
  OperationRecord record{.operation = "remove-packages", .finished = false};
  if (context.environment) record.log_folder = context.environment->log_folder;
  TRY_LET(const Operation operation, Operation::Begin(system, record));
  TRY_LET(const std::string copy, CopyProgram(system.files, system.crypto, context.program));
  TRY(InstallRemovalUnit(system, copy));
  system.log.Info("removing, in the background, the packages that the extension installed");
  return LaunchWorker(system, context.program, operation.generation(),
                      {"worker", "remove-packages", std::to_string(operation.generation())});
}

// What an unreadable ledger attributes to the extension stays, but no private key does.
Status RevertAll(VerbContext& context, Operation& operation) {
  System& system = context.system;
  // First: whatever the ledger says, and whatever fails below.
  const Status removed = RemoveTlsSetsExcept(system.files, {});
  if (!removed.ok()) system.log.Error(removed.error().what + ", continuing");
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok() && ledger.error().code != Code::kNotFound) {
    system.log.Warn(ledger.error().Message() + "; only the port was closed, and the TLS files were removed");
    return {};
  }
  if (ledger.ok()) {
    RevertConfiguration(system, *ledger, operation.WaitUpTo(kEngineBudget));
    if (WantsPackagesRemoved(*ledger)) return LaunchRemoval(context);
  }
  return OperationStore(system.files, system.locks).RemoveAllState(operation.generation());
}

}  // namespace

Status Uninstall(VerbContext& context) {
  System& system = context.system;
  TRY_LET(const bool being_removed, IsBeingRemoved(system));
  if (being_removed) {
    system.log.Info("an earlier uninstall is already removing the packages");
    return {};
  }
  TRY_LET(Operation operation, Operation::Begin(system, {.operation = "uninstall"}));
  TRY(operation.TakeLock());
  if (IsPartOfUpdate(context)) {
    system.log.Info("part of an update: the machine is left unchanged");
    return {};
  }
  TRY(CloseEndpoint(system, operation.WaitUpTo(kEngineBudget)));
  // Closing the port is what must not fail; a failure of the rest is only logged.
  const Status reverted = RevertAll(context, operation);
  if (!reverted.ok()) system.log.Error(reverted.error().what + ", continuing");
  return {};
}

}  // namespace dockerext
