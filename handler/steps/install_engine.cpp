// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"
#include "handler/steps/package_actions.hpp"

namespace dockerext {
namespace {

Error Masked() {
  return Error{
      Code::kMissingDependency,
      "docker.service is masked, so Docker cannot be started; run `systemctl unmask docker.service` and set "
      "the extension's settings again"};
}

Error IsSnap() {
  return Error{
      Code::kMissingDependency,
      "Docker is installed as a snap, which cannot read the TLS files and is configured in another way; run "
      "`snap remove docker` and set the extension's settings again"};
}

// An image of podman, or another engine: not ours to take away without being asked.
Error WouldGo(const std::vector<std::string>& removed) {
  return Error{Code::kMissingDependency,
               "installing Docker would remove " + Join(removed, ", ") +
                   "; remove it yourself if Docker shall take its place, and set the "
                   "extension's settings again"};
}

Result<bool> IsInstalled(EngineContext& context) {
  TRY(RefuseUnusableEngine(context));
  const auto vendor = context.unit.Vendor();
  if (vendor.ok()) return !vendor->words.empty() && Exists(context.host.files, vendor->words.front().word);
  if (vendor.error().code != Code::kNotFound) return vendor.error();
  return false;
}

// Written down before it is done: a worker that dies in the middle leaves packages that are still ours.
Status NotePackages(Files& files, const std::vector<std::string>& names) {
  return AmendLedger(files, [&](Ledger& ledger) {
    for (const std::string& name : names) {
      const auto known = std::find(ledger.packages.begin(), ledger.packages.end(), name);
      if (known == ledger.packages.end()) ledger.packages.push_back(name);
    }
  });
}

Result<std::string> Install(EngineContext& context) {
  const PackageManager& manager = *context.target.distro->packages;
  const std::vector<std::string> names(context.target.distro->docker_packages.begin(),
                                       context.target.distro->docker_packages.end());
  PackageActions packages(context.host, manager);
  const Status refreshed = packages.Refresh();
  if (!refreshed.ok())
    context.host.log.Warn(refreshed.error().message + ", continuing with the lists that are there");
  TRY_LET(const PackageChanges changes, packages.WouldInstall(names));
  if (!changes.removed.empty()) return WouldGo(changes.removed);
  TRY(NotePackages(context.host.files, changes.installed));
  TRY(packages.Install(names));
  context.unit.Changed();
  TRY_LET(const bool installed, IsInstalled(context));
  if (installed) return "installed " + Join(names, ", ") + " with " + std::string(manager.name);
  return Error{
      Code::kMissingDependency,
      Join(names, ", ") + " was installed, but there is no docker.service with a dockerd; reinstall it"};
}

}  // namespace

Status RefuseUnusableEngine(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.load_state == "masked") return Masked();
  if (facts.load_state == "loaded") return {};
  TRY_LET(const UnitFacts snap, context.host.services.Describe("snap.docker.dockerd.service"));
  return snap.load_state == "loaded" ? Status(IsSnap()) : Status();
}

Step InstallEngine(EngineContext& context) {
  return {.name = "install-engine",
          .done = [&context] { return IsInstalled(context); },
          .apply = [&context] { return Install(context); },
          .undo = {}};
}

}  // namespace dockerext
