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

// Nobody's wish, but what is left of a package that was removed.
bool IsMaskedByRemoval(const EngineContext& context) {
  const std::string folder(context.target.distro->packages->removal_masks);
  return !folder.empty() && Exists(context.system.files, folder + "/docker.service");
}

Result<bool> HasDaemon(EngineContext& context) {
  TRY(CheckEngineUsable(context));
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.load_state == "masked") return false;
  const auto vendor = context.unit.Vendor();
  if (vendor.ok()) return !vendor->words.empty() && Exists(context.system.files, vendor->words.front().word);
  if (vendor.error().code != Code::kNotFound) return vendor.error();
  return false;
}

std::vector<std::string> DockerPackages(const EngineContext& context) {
  const auto names = context.target.distro->docker_packages;
  return {names.begin(), names.end()};
}

PackageActions Packages(EngineContext& context) {
  return {context.system, *context.target.distro->packages, context.report_wait};
}

// Ours that a disk without space, or our own end, left half installed: the daemon is there, and may lack
// anything else. Asked only until a work ended well: what is settled without a port is never proven.
Result<bool> IsHalfDone(EngineContext& context) {
  const auto ledger = LoadLedger(context.system.files);
  if (!ledger.ok() || ledger->packages.empty() || ledger->last_known_good || ledger->cached_plan)
    return false;
  TRY_LET(const auto half_installed, Packages(context).HalfInstalled());
  return std::ranges::any_of(DockerPackages(context), [&](const std::string& name) {
    return std::ranges::find(half_installed, name) != half_installed.end();
  });
}

Result<bool> IsInstalled(EngineContext& context) {
  TRY_LET(const bool has_daemon, HasDaemon(context));
  if (!has_daemon) return false;
  TRY_LET(const bool half_done, IsHalfDone(context));
  return !half_done;
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

// A package that cannot be found may be one whose list could not be read.
Error Explain(const PackageManager& manager, Error failed, const Status& refreshed) {
  if (failed.code != Code::kMissingDependency) return failed;
  if (!refreshed.ok()) failed.message += "; before that, " + refreshed.error().message;
  failed.message +=
      "; " + std::string(manager.remedy(failed.message)) + " and set the extension's settings again";
  return failed;
}

// Without fresh lists the old ones may do.
Status Refresh(EngineContext& context) {
  Status refreshed = Packages(context).Refresh();
  if (!refreshed.ok())
    context.system.log.Warn(refreshed.error().message + ", continuing with the lists that are there");
  return refreshed;
}

bool EndsTheWork(const Status& refreshed) {
  if (refreshed.ok()) return false;
  return refreshed.error().code == Code::kPackagesLocked || refreshed.error().code == Code::kSuperseded;
}

Status InstallPackages(EngineContext& context, const std::vector<std::string>& names) {
  const PackageManager& manager = *context.target.distro->packages;
  PackageActions packages = Packages(context);
  Status refreshed = Refresh(context);
  if (EndsTheWork(refreshed)) return refreshed;
  const auto changes = packages.WouldInstall(names);
  if (!changes.ok()) return Explain(manager, changes.error(), refreshed);
  if (!changes->removed.empty()) return WouldGo(changes->removed);
  TRY(NotePackages(context.system.files, changes->installed));
  const Status installed = packages.Install(names);
  context.unit.Changed();
  return installed.ok() ? Status() : Explain(manager, installed.error(), refreshed);
}

Result<std::string> Install(EngineContext& context) {
  const std::string names = Join(DockerPackages(context), ", ");
  TRY(InstallPackages(context, DockerPackages(context)));
  TRY_LET(const bool installed, IsInstalled(context));
  if (installed) return "installed " + names + " with " + std::string(context.target.distro->packages->name);
  return Error{Code::kMissingDependency,
               names + " was installed, but there is no docker.service with a dockerd; reinstall it"};
}

}  // namespace

Status CheckEngineUsable(EngineContext& context) {
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.load_state == "masked") return IsMaskedByRemoval(context) ? Status() : Masked();
  if (facts.load_state == "loaded") return {};
  TRY_LET(const UnitFacts snap, context.system.services.Describe("snap.docker.dockerd.service"));
  return snap.load_state == "loaded" ? Status(IsSnap()) : Status();
}

Step InstallEnginePackages(EngineContext& context) {
  return {.name = "install-engine",
          .done = [&context] { return IsInstalled(context); },
          .apply = [&context] { return Install(context); },
          .undo = {}};
}

}  // namespace dockerext
