// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/steps/revert_configuration.hpp"
#include "handler/verbs/operation.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

Status Remove(System& system, std::uint64_t generation, const Distro& distro, const Ledger& ledger) {
  TRY_LET(const auto lock, AcquireOperationLock(system, generation));
  TRY(RemovePackages(system, *distro.packages, ledger,
                     [&] { return CheckNotSuperseded(system, generation); }));
  RevertConfiguration(system, ledger);
  return OperationStore(system.files, system.locks).RemoveAllState(generation);
}

}  // namespace

// Needs only the ledger: the settings are already removed.
Status RunUninstallWorker(System& system, std::uint64_t generation) {
  TRY_LET(const Distro* distro, DetectPlatform(system.files));
  TRY_LET(const Ledger ledger, LoadLedger(system.files));
  TRY(system.services.NotifyReady());
  Status outcome = Remove(system, generation, *distro, ledger);
  if (outcome.ok())
    system.log.Info("done: everything that the extension added was removed");
  else
    system.log.Error("removing the packages: " + outcome.error().message);
  return outcome;
}

}  // namespace dockerext
