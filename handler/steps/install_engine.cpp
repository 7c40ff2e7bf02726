// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"
#include "handler/steps/package_actions.hpp"

namespace dockerext {
namespace {

Result<bool> IsInstalled(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.load_state == "masked") {
    return Error{Code::kMissingDependency,
                 "docker.service is masked, so Docker cannot be started; run `systemctl unmask "
                 "docker.service` and set "
                 "the extension's settings again"};
  }
  const auto line = context.unit.VendorLine();
  if (!line.ok() && line.error().code == Code::kNotFound) return false;
  if (!line.ok()) return line.error();
  const auto words = SplitExecLine(*line);
  return !words.empty() && Exists(context.host.files, words.front());
}

Result<std::string> Install(EngineContext& context) {
  const PackageManager& manager = *context.target.distro->packages;
  const std::vector<std::string> names(context.target.distro->docker_packages.begin(),
                                       context.target.distro->docker_packages.end());
  PackageActions packages(context.host, manager);
  const Status refreshed = packages.Refresh();
  if (!refreshed.ok())
    context.host.log.Warn(refreshed.error().message + ", continuing with the lists that are there");
  TRY_LET(const auto added, packages.WouldInstall(names));
  TRY(AmendLedger(context.host.files, [&](Ledger& ledger) {
    for (const std::string& name : added) {
      if (std::find(ledger.packages.begin(), ledger.packages.end(), name) == ledger.packages.end()) {
        ledger.packages.push_back(name);
      }
    }
  }));
  TRY(packages.Install(names));
  context.unit.Changed();
  TRY_LET(const bool installed, IsInstalled(context));
  if (installed) return "installed " + Join(names, ", ") + " with " + std::string(manager.name);
  return Error{
      Code::kMissingDependency,
      Join(names, ", ") + " was installed, but there is no docker.service with a dockerd; reinstall it"};
}

}  // namespace

Step InstallEngine(EngineContext& context) {
  return {.name = "install-engine",
          .done = [&context] { return IsInstalled(context); },
          .apply = [&context] { return Install(context); },
          .undo = {}};
}

}  // namespace dockerext
