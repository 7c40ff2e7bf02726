// SPDX-License-Identifier: MIT
#include "handler/steps/revert_configuration.hpp"

#include <algorithm>

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/steps/docker_unit.hpp"
#include "handler/steps/live_restore.hpp"
#include "handler/steps/package_actions.hpp"
#include "handler/steps/run_engine.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kStartBudget{60};
constexpr std::chrono::seconds kAnswerBudget{20};

void RemoveIfEmpty(System& system, const std::string& folder) {
  const auto names = system.files.List(folder);
  if (!names.ok()) return;
  if (!names->empty()) {
    system.log.Info(Quoted(folder) + " is not empty (" + Join(*names, ", ") + ") and is kept");
    return;
  }
  const Status removed = system.files.Remove(folder);
  if (!removed.ok()) system.log.Warn(removed.error().message + ", continuing");
}

// A starting engine may not answer yet, or fail repeatedly until systemd stops restarting it.
Result<bool> ContainersRun(System& system) {
  return RetryWhileBusy(system.clock, kStartBudget, std::chrono::seconds(2), [&]() -> Result<bool> {
    TRY_LET(const UnitFacts facts, DockerUnit(system).Facts());
    if (!IsRunning(facts)) return false;
    const auto info = system.engine.Info(kAnswerBudget);
    if (info.ok()) return info->containers_running > 0;
    return Error{Code::kBusy, info.error().message};
  });
}

// Stops an engine that the extension started, unless containers run in it by now.
Status StopUnlessUsed(System& system) {
  TRY_LET(const bool used, ContainersRun(system));
  return used ? Status() : StopStartedUnits(system);
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> Without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::copy_if(names.begin(), names.end(), std::back_inserter(rest),
               [&](const std::string& name) { return !Contains(others, name); });
  return rest;
}

}  // namespace

void RevertConfiguration(System& system, const Ledger& ledger) {
  const auto log_failure = [&](const Status& outcome) {
    if (!outcome.ok()) system.log.Warn(outcome.error().message + ", continuing");
  };
  if (ledger.uninstall_policy != "keep") {
    log_failure(RevertLiveRestore(system));
    if (ledger.enabled_engine) log_failure(system.services.DisableUnitFile(std::string(kDockerUnit)));
    if (ledger.started_engine) log_failure(StopUnlessUsed(system));
  }
  for (auto folder = ledger.folders.rbegin(); folder != ledger.folders.rend(); ++folder) {
    RemoveIfEmpty(system, *folder);
  }
}

bool WantsPackagesRemoved(const Ledger& ledger) {
  return !ledger.packages.empty() &&
         (ledger.uninstall_policy == "auto" || ledger.uninstall_policy == "packages");
}

Status RemovePackages(System& system, const PackageManager& manager, const Ledger& ledger,
                      const std::function<Status()>& check_not_superseded) {
  PackageActions packages(system, manager, [&](const std::string&) { return check_not_superseded(); });
  TRY_LET(const auto present,
          packages.Present());  // half-installed ones would block every other installation
  // The rest may still be being installed; the removal waits for the package manager's lock.
  const auto absent = ledger.installing ? std::vector<std::string>() : Without(ledger.packages, present);
  const auto names = Without(ledger.packages, absent);
  if (names.empty()) return {};
  if (ledger.uninstall_policy == "auto") {
    TRY_LET(const bool in_use, ContainersRun(system));
    if (in_use) {
      system.log.Info("Docker stays installed: a container is running (uninstallPolicy auto)");
      return {};
    }
  }
  TRY_LET(const PackageChanges changes, packages.WouldRemove(names));
  const auto others = Without(changes.removed, names);
  if (!others.empty()) {
    system.log.Info("Docker stays installed: other packages depend on it (" + Join(others, ", ") + ")");
    return {};
  }
  TRY(check_not_superseded());
  TRY(packages.Remove(names));
  system.log.Info("removed " + Join(names, ", "));
  return {};
}

}  // namespace dockerext
