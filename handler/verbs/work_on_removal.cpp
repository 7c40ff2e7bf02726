// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/steps/take_back.hpp"
#include "handler/verbs/platform.hpp"
#include "handler/verbs/verb.hpp"
#include "handler/verbs/work.hpp"

namespace dockerext {
namespace {

Status Remove(Host& host, std::uint64_t generation, const Distro& distro, const Ledger& ledger) {
  TRY_LET(const auto turn, AwaitTurn(host, generation));
  TRY(RemovePackages(host, *distro.packages, ledger, [&] { return StillNewest(host, generation); }));
  TakeBackConfiguration(host, ledger);
  return BootState(host.files, host.locks).ForgetEverything(generation);
}

}  // namespace

// The ledger is all it needs: there are no settings any more.
Status WorkOnRemoval(Host& host, std::uint64_t generation) {
  TRY_LET(const Distro* distro, DetectPlatform(host.files));
  TRY_LET(const Ledger ledger, LoadLedger(host.files));
  TRY(host.services.NotifyReady());
  Status outcome = Remove(host, generation, *distro, ledger);
  if (outcome.ok())
    host.log.Info("done: nothing of the extension is left");
  else
    host.log.Failed("removing the packages: " + outcome.error().message);
  return outcome;
}

}  // namespace dockerext
