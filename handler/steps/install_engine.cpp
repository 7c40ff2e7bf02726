// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "handler/base/text.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/engine/engine_offers.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/machine.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/engine_packages.hpp"
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

bool RunsShell(const Observation& observed) {
  constexpr auto kShells = std::to_array<std::string_view>({"sh", "bash", "dash", "ksh", "zsh", "busybox"});
  if (!observed.vendor || observed.vendor->args.empty()) return false;
  const auto& args = observed.vendor->args;
  return std::ranges::find(kShells, NameOf(args.front().arg)) != kShells.end() &&
         std::ranges::any_of(args, [](const ArgWithOrigin& arg) { return arg.arg == "-c"; });
}

// Such a mask is left behind by a removed package; nobody set it.
bool IsMaskedByRemoval(Files& files, const Platform& platform) {
  if (platform.packages == nullptr) return false;
  const std::string folder(platform.packages->removal_masks);
  return !folder.empty() && Exists(files, folder + "/docker.service");
}

Result<bool> HasDaemon(const EngineContext& context) {
  const Observation& observed = context.observed;
  TRY(CheckEngineUsable(context.system, context.platform, observed));
  if (observed.unit.load_state == "masked" || observed.vendor_files.empty()) return false;
  if (observed.vendor)
    return !observed.vendor->args.empty() && Exists(context.system.files, observed.vendor->args.front().arg);
  return MakeError<errors::kNoExecStart>(observed.vendor_files.front().path);
}

// Whether packages of the extension are half installed, after a full disk or a killed worker: the daemon is
// present, other files may be missing. Checked only until the first successful operation.
Result<bool> IsHalfInstalled(EngineContext& context) {
  const Ledger& ledger = context.observed.ledger;
  const bool has_succeeded =
      (ledger.last_known_good && ledger.last_known_good->verified) || ledger.cached_plan.has_value();
  if (ledger.packages.empty() || has_succeeded) return false;
  TRY_LET(const auto installed, PackagesOf(context).InstalledPackages());
  return std::ranges::any_of(installed, [&](const InstalledPackage& package) {
    return !package.is_whole && std::ranges::find(ledger.packages, package.name) != ledger.packages.end();
  });
}

// A half-finished installation can already look complete: a package manager outlives a killed worker.
Result<bool> IsInstalled(EngineContext& context) {
  TRY_LET(const bool has_daemon, HasDaemon(context));
  if (!has_daemon || context.observed.ledger.installing) return false;
  TRY_LET(const bool half_installed, IsHalfInstalled(context));
  return !half_installed;
}

// An engine that was verified with this target and answers with the same version since: what the package
// manager would say of it costs a child.
bool WasVerified(const EngineContext& context) {
  const auto& cached = context.observed.ledger.cached_plan;
  return !context.observed.ledger.former_repository && cached && !cached->engine_version.empty() &&
         cached->engine_version == context.observed.version && cached->target == Serialize(context.target);
}

// Only the version of a package has an epoch and a revision, which the engine does not tell. One that is of
// no package has neither.
Result<bool> IsOfAskedPackage(EngineContext& context) {
  const std::string& asked = context.target.source.version;
  if (EngineVersionOf(asked) == asked || context.platform.packages == nullptr) return true;
  TRY_LET(const auto installed, PackagesOf(context).InstalledPackages());
  const auto engine = EnginePackageOf(*context.platform.distro, installed);
  return !engine || IsVersion(engine->version, asked);
}

Result<bool> IsOfAskedVersion(EngineContext& context) {
  if (!RunsAskedVersion(context.target, context.observed)) {
    const std::string program = ProgramVersion(context.system, context.observed);
    TRY_LET(const VersionChange change,
            ChangeOfVersion(context.target.source,
                            program.empty() ? context.observed.version.value_or("") : program));
    if (change != VersionChange::kNone) return false;
  }
  return IsOfAskedPackage(context);
}

// Whether the engine is of the source and the version that the settings ask for; asked only where they do.
Result<bool> IsAsAsked(EngineContext& context) {
  if (WasVerified(context)) return true;
  const EngineSource& source = context.target.source;
  // Where there is no package manager, the engine is the distribution's.
  const bool is_distributions =
      context.platform.packages == nullptr && source.origin == EngineOrigin::kDistribution;
  if (source.origin != EngineOrigin::kAuto && !is_distributions) {
    TRY_LET(const auto present, PresentPackages(context));
    TRY(CheckOrigin(source, *context.platform.distro, present));
  }
  TRY_LET(const bool is_of_asked_version, IsOfAskedVersion(context));
  if (is_of_asked_version) return true;
  TRY_LET(const auto present, PresentPackages(context));
  TRY(CheckChangeable(*context.platform.distro, present));
  return false;
}

// Whether there is an engine of the version and the source that the settings ask for.
Result<bool> IsEngineDone(EngineContext& context) {
  TRY_LET(const bool is_installed, IsInstalled(context));
  if (!is_installed) return false;
  return IsAsAsked(context);
}

Result<bool> IsDone(EngineContext& context) {
  TRY_LET(const bool is_done, IsEngineDone(context));
  if (!is_done || WasVerified(context)) return is_done;
  return IsRepositoryAsAsked(context);
}

Result<std::string> Install(EngineContext& context) {
  if (context.platform.packages == nullptr)
    return MakeError<errors::kNoPackageManager>(context.platform.distro->name);
  TRY_LET(const bool is_engine_done, IsEngineDone(context));
  if (is_engine_done) return ChangeRepository(context);
  TRY_LET(const PackageActions::Installed installed, InstallPackages(context));
  const std::string list = Join(installed.names, ", ");
  TRY(Look(context));
  TRY_LET(const bool is_installed, IsInstalled(context));
  if (!is_installed) {
    return MakeError<errors::kIncompleteDocker>(list);
  }
  context.installation_warning = installed.warning;
  return "installed " + list + " with " + std::string(context.platform.packages->name);
}

}  // namespace

Status CheckEngineUsable(System& system, const Platform& platform, const Observation& observed) {
  const std::string& state = observed.unit.load_state;
  if (state == "masked")
    return IsMaskedByRemoval(system.files, platform) ? Status() : MakeError<errors::kUnitMasked>();
  // Our drop-in clears them, but without it there is no engine, and nobody knows which line is meant.
  const bool has_two_commands = observed.vendor && !observed.vendor->further_origins.empty();
  if (state == "loaded" && has_two_commands)
    return CannotBeLoaded(observed,
                          "it has more than one ExecStart= as soon as the extension's drop-in is gone");
  if (state == "loaded" && RunsShell(observed))
    return MakeError<errors::kUnitRunsShell>(Quoted(observed.vendor->args.front().origin));
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
          .done = [&context] { return IsDone(context); },
          .apply = [&context] { return Install(context); }};
}

}  // namespace dockerext
