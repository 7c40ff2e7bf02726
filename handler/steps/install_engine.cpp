// SPDX-License-Identifier: MIT
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/errors/machine.hpp"
#include "handler/packages/package_actions.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_steps.hpp"

namespace dockerext {
namespace {

// A drop-in that adds a second ExecStart= instead of replacing the first is the usual cause.
Error CannotBeLoaded(const Observation& observed, const std::string& state) {
  std::string culprits;
  for (const UnitText& file : observed.vendor_files) {
    if (file.path == observed.unit.fragment_path) continue;
    const auto line = EffectiveExecStart({file.text});
    if (line)
      culprits += "; " + Quoted(file.path) + " sets ExecStart=: put an empty ExecStart= line before it";
  }
  return MakeError<errors::kUnitCannotBeLoaded>(state, culprits);
}

// Such a mask is left behind by a removed package; nobody set it.
bool IsMaskedByRemoval(Files& files, const Distro& distro) {
  const std::string folder(distro.packages->removal_masks);
  return !folder.empty() && Exists(files, folder + "/docker.service");
}

Result<bool> HasDaemon(const EngineContext& context) {
  const Observation& observed = context.observed;
  TRY(CheckEngineUsable(context.system, context.distro, observed));
  if (observed.unit.load_state == "masked" || observed.vendor_files.empty()) return false;
  if (observed.vendor)
    return !observed.vendor->args.empty() && Exists(context.system.files, observed.vendor->args.front().arg);
  return MakeError<errors::kNoExecStart>(observed.vendor_files.front().path);
}

std::vector<std::string> DockerPackages(const EngineContext& context) {
  return {context.distro.docker_packages.begin(), context.distro.docker_packages.end()};
}

PackageActions Packages(EngineContext& context) {
  return {context.system.commands, context.system.clock, *context.distro.packages, context.report_wait};
}

// Whether packages of the extension are half installed, after a full disk or a killed worker: the daemon is
// present, other files may be missing. Checked only until the first successful operation.
Result<bool> IsHalfInstalled(EngineContext& context) {
  const Ledger& ledger = context.observed.ledger;
  const bool has_succeeded =
      (ledger.last_known_good && ledger.last_known_good->verified) || ledger.cached_plan.has_value();
  if (ledger.packages.empty() || has_succeeded) return false;
  TRY_LET(const auto half_installed, Packages(context).HalfInstalled());
  return std::ranges::any_of(DockerPackages(context), [&](const std::string& name) {
    return std::ranges::find(half_installed, name) != half_installed.end();
  });
}

// A half-finished installation can already look complete: a package manager outlives a killed worker.
Result<bool> IsInstalled(EngineContext& context) {
  TRY_LET(const bool has_daemon, HasDaemon(context));
  if (!has_daemon || context.observed.ledger.installing) return false;
  TRY_LET(const bool half_installed, IsHalfInstalled(context));
  return !half_installed;
}

// Recorded before the installation: packages of a worker that is killed meanwhile are still removed by
// uninstall.
Status BeforeInstall(Files& files, const PackageChanges& changes) {
  // Packages such as podman-docker or another engine are not removed without their owner's consent.
  if (!changes.removed.empty()) return MakeError<errors::kWouldRemove>(Join(changes.removed, ", "));
  return AmendLedger(files, [&](Ledger& ledger) {
    for (const std::string& name : changes.installed) {
      const auto known = std::find(ledger.packages.begin(), ledger.packages.end(), name);
      if (known == ledger.packages.end()) ledger.packages.push_back(name);
    }
  });
}

Status RecordInstalling(Files& files, bool installing) {
  return AmendLedger(files, [&](Ledger& ledger) { ledger.installing = installing; });
}

// Whether a package manager may still run: another program's, this worker's after a timeout, or that of a
// killed worker.
bool MayStillRun(const Error& error) {
  return error.code == Code::kPackagesLocked || error.code == Code::kTimeout;
}

Result<std::string> Install(EngineContext& context) {
  Files& files = context.system.files;
  const auto names = DockerPackages(context);
  TRY(RecordInstalling(files, true));
  auto installed = Packages(context).Install(
      names, [&](const PackageChanges& changes) { return BeforeInstall(files, changes); });
  if (!installed.ok() && MayStillRun(installed.error())) return installed;
  Status recorded = RecordInstalling(files, false);
  if (!installed.ok()) return installed;
  TRY(std::move(recorded));
  TRY(Look(context));
  TRY_LET(const bool is_installed, IsInstalled(context));
  const std::string list = Join(names, ", ");
  if (!is_installed) {
    return MakeError<errors::kIncompleteDocker>(list);
  }
  if (!installed->empty()) context.installation_warning = *installed;
  return "installed " + list + " with " + std::string(context.distro.packages->name);
}

}  // namespace

Status CheckEngineUsable(System& system, const Distro& distro, const Observation& observed) {
  const std::string& state = observed.unit.load_state;
  if (state == "masked")
    return IsMaskedByRemoval(system.files, distro) ? Status() : MakeError<errors::kUnitMasked>();
  // Our drop-in clears them, but without it there is no engine, and nobody knows which line is meant.
  const bool has_two_commands = observed.vendor && !observed.vendor->further_origins.empty();
  if (state == "loaded" && has_two_commands)
    return CannotBeLoaded(observed,
                          "it has more than one ExecStart= as soon as the extension's drop-in is gone");
  if (state == "loaded") return {};
  if (state != "not-found") {
    const std::string& why = observed.unit.load_error;
    return CannotBeLoaded(observed, state + (why.empty() ? "" : ": " + why));
  }
  TRY_LET(const UnitFacts snap, system.services.Describe("snap.docker.dockerd.service"));
  return snap.load_state == "loaded" ? Status(MakeError<errors::kIsSnap>()) : Status();
}

Step EnsureEngineInstalled(EngineContext& context) {
  return {.name = "install-engine",
          .done = [&context] { return IsInstalled(context); },
          .apply = [&context] { return Install(context); }};
}

}  // namespace dockerext
