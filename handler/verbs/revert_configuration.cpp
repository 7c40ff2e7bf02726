// SPDX-License-Identifier: MIT
#include "handler/verbs/revert_configuration.hpp"

#include <algorithm>

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/engine/engine_offers.hpp"
#include "handler/engine/live_restore.hpp"
#include "handler/engine/observation.hpp"
#include "handler/engine/package_repository.hpp"
#include "handler/packages/package_actions.hpp"
#include "handler/state/folders.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kAnswerBudget{20};

// containerd's shims outlive dockerd: those of its namespace belong to running containers.
Result<bool> ShimsRun(Files& files) {
  TRY_LET(const auto processes, files.List("/proc"));
  for (const std::string& pid : processes) {
    const auto number = ParseUnsigned(pid);
    if (!number) continue;
    const auto argv = ArgvOf(files, static_cast<std::uint32_t>(*number));
    if (!argv.ok() || argv->empty() || !NameOf(argv->front()).starts_with("containerd-shim")) continue;
    if (std::find(argv->begin(), argv->end(), "moby") != argv->end()) return true;
  }
  return false;
}

// An engine that does not answer may still have containers.
Result<bool> ContainersRun(System& system, const ReportWait& report_wait) {
  TRY(AwaitSettled(system, report_wait));
  TRY_LET(const Observation observed, Observe(system));
  if (observed.version) {
    const auto info = system.engine.Info(observed.socket, kAnswerBudget);
    if (info.ok()) return info->containers_running > 0;
  }
  return ShimsRun(system.files);
}

// Stops an engine that the extension started, unless containers run in it by now.
Status StopUnlessUsed(System& system, const ReportWait& report_wait) {
  TRY_LET(const bool used, ContainersRun(system, report_wait));
  return used ? Status() : StopStartedUnits(system, report_wait);
}

// Containers that outlive a stopped engine survive its next start only with live-restore.
Status RemoveLiveRestoreUnlessNeeded(System& system, const Ledger& ledger, const ReportWait& report_wait) {
  TRY_LET(const UnitFacts engine, AwaitSettled(system, report_wait));
  TRY_LET(const bool shims_run, ShimsRun(system.files));
  if (!ledger.live_restore || IsRunning(engine) || !shims_run) return RemoveLiveRestore(system, report_wait);
  system.log.Warn("live-restore stays in " + Quoted(ledger.live_restore->path) +
                  ": containers run while docker.service is " + engine.active_state +
                  ", and without it its next start would stop them");
  return {};
}

// rpm packages need not do it when they are removed, and what is enabled is a link to their unit file.
// systemd may know the unit of a removed package for a while.
Status DisableAtBoot(System& system, const Ledger& ledger) {
  if (!ledger.enabled_engine) return {};
  TRY_LET(const UnitFacts unit, system.services.Describe(std::string(kDockerUnit)));
  if (unit.load_state == "not-found" || !Exists(system.files, unit.fragment_path)) return {};
  return system.services.DisableUnitFile(std::string(kDockerUnit));
}

// Their packages' scripts stop nothing where an owner's policy-rc.d forbids it. Debian's mask a unit that
// they remove.
Status StopRemovedUnits(System& system) {
  for (const std::string_view unit : {"docker.socket", "docker.service", "containerd.service"}) {
    TRY_LET(const UnitFacts facts, system.services.Describe(std::string(unit)));
    const bool is_removed = facts.load_state != "loaded" || !Exists(system.files, facts.fragment_path);
    if (is_removed && IsRunning(facts)) TRY(system.services.Stop(std::string(unit)));
  }
  return {};
}

Result<std::vector<std::string>> StillOurs(PackageActions& packages, const Distro& distro,
                                           const Ledger& ledger) {
  auto named = OfferedPackages(distro);
  named.insert(named.end(), ledger.unmarked_packages.begin(), ledger.unmarked_packages.end());
  return packages.StillOurs(ledger.packages, named, ledger.installing);
}

// apt writes its marks as they are to be after a removal before it removes anything: what one that is cut off
// leaves looks like its owner's. A full disk is no reason to keep the packages.
void RecordMarks(System& system, const std::vector<std::string>& names) {
  const Status recorded =
      AmendLedger(system.files, [&](Ledger& ledger) { ledger.unmarked_packages = names; });
  if (!recorded.ok()) system.log.Warn(recorded.error().what + ", continuing");
}

// Packages that their owner took over, or installed from it, still get their updates from there.
Result<std::string> RemoveRepositoryUnlessUsed(System& system, const PackageManager& manager,
                                               PackageActions& packages) {
  TRY_LET(const auto present, packages.Present());
  if (HasUpstreamPackage(present))
    return std::string(
        "the package repository stays: packages of it are installed that are not the extension's");
  TRY(RemoveRepository(system, manager, packages));
  return std::string();
}

// Empty: they may go.
Result<std::string> WhyPackagesStay(System& system, PackageActions& packages, const Ledger& ledger,
                                    const std::vector<std::string>& names, const ReportWait& report_wait) {
  if (ledger.uninstall_policy == "auto") {
    TRY_LET(const bool in_use, ContainersRun(system, report_wait));
    if (in_use) return std::string("Docker stays installed: a container is running (uninstallPolicy auto)");
  }
  TRY_LET(const auto others, packages.RemovedWith(names));
  if (others.empty()) return std::string();
  return "Docker stays installed: other packages depend on it (" + Join(others, ", ") + ")";
}

}  // namespace

void RevertConfiguration(System& system, const Ledger& ledger, const ReportWait& report_wait) {
  const auto log_failure = [&](const Status& outcome) {
    if (!outcome.ok()) system.log.Warn(outcome.error().what + ", continuing");
  };
  if (ledger.uninstall_policy != "keep") {
    log_failure(RemoveLiveRestoreUnlessNeeded(system, ledger, report_wait));
    log_failure(DisableAtBoot(system, ledger));
    if (ledger.started_engine) log_failure(StopUnlessUsed(system, report_wait));
  }
  RemoveRecordedFolders(system.files, system.log, ledger);
}

bool WantsPackagesRemoved(const Ledger& ledger) {
  return (!ledger.packages.empty() || !ledger.repository_files.empty()) &&
         (ledger.uninstall_policy == "auto" || ledger.uninstall_policy == "packages");
}

Result<std::string> RemovePackages(System& system, const Platform& platform, const Ledger& ledger,
                                   const ReportWait& report_wait) {
  if (platform.packages == nullptr) return std::string();
  const PackageManager& manager = *platform.packages;
  PackageActions packages(system.commands, system.clock, system.locks, manager, report_wait);
  auto still_ours = StillOurs(packages, *platform.distro, ledger);
  if (!still_ours.ok() && !ledger.repository_files.empty()) {
    // apt reads no list where its owner added the repository under another key since.
    TRY(RemoveRepository(system, manager, packages));
    still_ours = StillOurs(packages, *platform.distro, ledger);
  }
  TRY_LET(const auto names, std::move(still_ours));
  if (names.empty()) return RemoveRepositoryUnlessUsed(system, manager, packages);
  TRY_LET(const std::string why_not, WhyPackagesStay(system, packages, ledger, names, report_wait));
  if (!why_not.empty()) return why_not;
  TRY(report_wait(""));
  TRY(DisableAtBoot(system, ledger));
  RecordMarks(system, names);
  TRY(packages.Remove(names));
  TRY(StopRemovedUnits(system));
  system.log.Info("removed " + Join(names, ", "));
  return RemoveRepositoryUnlessUsed(system, manager, packages);
}

}  // namespace dockerext
