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
  return Error{Code::kMissingDependency,
               "Docker is installed as a snap, which cannot read the TLS files and ignores the extension's "
               "configuration; run `snap remove docker` and set the extension's settings again"};
}

// Packages such as podman-docker or another engine are not removed without their owner's consent.
Error WouldRemove(const std::vector<std::string>& removed) {
  return Error{Code::kMissingDependency,
               "installing Docker would remove " + Join(removed, ", ") +
                   "; remove it yourself if Docker is to replace it, and set the extension's settings again"};
}

// Such a mask is left behind by a removed package; nobody set it.
bool IsMaskedByRemoval(const EngineContext& context) {
  const std::string folder(context.target.distro->packages->removal_masks);
  return !folder.empty() && Exists(context.system.files, folder + "/docker.service");
}

Result<bool> HasDaemon(EngineContext& context) {
  TRY(CheckEngineUsable(context));
  TRY_LET(const UnitFacts facts, context.unit.Facts());
  if (facts.load_state == "masked") return false;
  const auto vendor = context.unit.Vendor();
  if (vendor.ok()) return !vendor->args.empty() && Exists(context.system.files, vendor->args.front().arg);
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

// Whether packages of the extension are half installed, after a full disk or a killed worker: the daemon is
// present, other files may be missing. Checked only until the first successful operation, which leaves
// last_known_good or, without a port, cached_plan.
Result<bool> IsHalfInstalled(EngineContext& context) {
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
  TRY_LET(const bool half_installed, IsHalfInstalled(context));
  return !half_installed;
}

// Recorded before the installation: packages of a worker that is killed meanwhile are still removed by
// uninstall.
Status RecordPackages(Files& files, const std::vector<std::string>& names) {
  return AmendLedger(files, [&](Ledger& ledger) {
    for (const std::string& name : names) {
      const auto known = std::find(ledger.packages.begin(), ledger.packages.end(), name);
      if (known == ledger.packages.end()) ledger.packages.push_back(name);
    }
  });
}

// A package that is not found may be missing only because the lists could not be updated.
Error WithRemedy(const PackageManager& manager, Error failed, const Status& refreshed) {
  if (failed.code != Code::kMissingDependency) return failed;
  if (!refreshed.ok()) failed.message += "; before that, " + refreshed.error().message;
  failed.message +=
      "; " + std::string(manager.remedy(failed.message)) + " and set the extension's settings again";
  return failed;
}

// A failure is not final: the existing lists may suffice.
Status Refresh(EngineContext& context) {
  Status refreshed = Packages(context).Refresh();
  if (!refreshed.ok())
    context.system.log.Warn(refreshed.error().message + ", continuing with the existing lists");
  return refreshed;
}

bool EndsTheOperation(const Status& refreshed) {
  if (refreshed.ok()) return false;
  return refreshed.error().code == Code::kPackagesLocked || refreshed.error().code == Code::kSuperseded;
}

Status InstallPackages(EngineContext& context, const std::vector<std::string>& names) {
  const PackageManager& manager = *context.target.distro->packages;
  PackageActions packages = Packages(context);
  Status refreshed = Refresh(context);
  if (EndsTheOperation(refreshed)) return refreshed;
  const auto changes = packages.WouldInstall(names);
  if (!changes.ok()) return WithRemedy(manager, changes.error(), refreshed);
  if (!changes->removed.empty()) return WouldRemove(changes->removed);
  TRY(RecordPackages(context.system.files, changes->installed));
  const Status installed = packages.Install(names);
  context.unit.Invalidate();
  return installed.ok() ? Status() : WithRemedy(manager, installed.error(), refreshed);
}

Result<std::string> Install(EngineContext& context) {
  const std::string names = Join(DockerPackages(context), ", ");
  TRY(InstallPackages(context, DockerPackages(context)));
  TRY_LET(const bool installed, IsInstalled(context));
  if (installed) return "installed " + names + " with " + std::string(context.target.distro->packages->name);
  return Error{Code::kMissingDependency,
               names + " is installed, but docker.service or its dockerd is missing; reinstall it"};
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
