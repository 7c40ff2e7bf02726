// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"
#include "handler/state/ledger.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/removal_unit.hpp"
#include "handler/verbs/revert_configuration.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// What the removal needs; read before the worker is ready.
struct Inputs {
  Platform platform;
  Ledger ledger;
};

Result<Inputs> ReadInputs(System& system) {
  Inputs inputs;
  TRY_LET(inputs.platform, DetectPlatform(system.files));
  TRY_LET(inputs.ledger, LoadLedger(system.files));
  return inputs;
}

// Returns what stays; empty when nothing does.
Result<std::string> Remove(System& system, Operation& operation, const Inputs& inputs) {
  TRY(operation.AcquireLock());
  const ReportWait wait = operation.WaitUpTo(kOperationDeadline);
  TRY_LET(std::string stays, RemovePackages(system, inputs.platform, inputs.ledger, wait));
  RevertConfiguration(system, inputs.ledger, wait);
  TRY(RemoveRemovalUnit(system));
  TRY(OperationStore(system.files, system.locks).RemoveAllState(operation.generation()));
  return stays;
}

// There are no settings any more that could be set again.
Error Resumable(Error error) {
  constexpr std::string_view kAgain = "set the extension's settings again";
  const auto at = error.remedy.find(kAgain);
  if (at != std::string::npos)
    error.remedy.replace(at, kAgain.size(), "start " + std::string(kRemovalUnit) + ", as the next boot does");
  return error;
}

Status RemoveAndLog(System& system, Operation& operation, const Inputs& inputs) {
  const auto stays = Remove(system, operation, inputs);
  if (!stays.ok()) {
    const Error error = Resumable(stays.error());
    system.log.Error("removing the packages: " + error.Message());
    return error;
  }
  if (!stays->empty()) system.log.Info(*stays);
  system.log.Info(stays->empty() ? "done: everything that the extension added was removed"
                                 : "done: everything else that the extension added was removed");
  return {};
}

}  // namespace

// Needs only the ledger: the settings are already removed.
Status RunUninstallWorker(System& system, std::uint64_t generation) {
  TRY_LET(const Inputs inputs, ReadInputs(system));
  TRY(system.services.NotifyReady());
  Operation operation(system, generation);
  return RemoveAndLog(system, operation, inputs);
}

Status ResumeRemoval(System& system) {
  TRY_LET(const Inputs inputs, ReadInputs(system));
  TRY_LET(Operation operation, Operation::Begin(system, {.operation = "remove-packages"}));
  return RemoveAndLog(system, operation, inputs);
}

}  // namespace dockerext
