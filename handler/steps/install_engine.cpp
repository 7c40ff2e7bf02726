// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "handler/base/text.hpp"
#include "handler/docker/unit_file.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/dry_run.hpp"
#include "handler/engine/engine_offers.hpp"
#include "handler/engine/package_repository.hpp"
#include "handler/errors/engine_source.hpp"
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

// Not on a platform without a package manager.
PackageActions Packages(EngineContext& context) {
  System& system = context.system;
  return {system.commands, system.clock, system.locks, *context.platform.packages, context.report_wait};
}

// Whether packages of the extension are half installed, after a full disk or a killed worker: the daemon is
// present, other files may be missing. Checked only until the first successful operation.
Result<bool> IsHalfInstalled(EngineContext& context) {
  const Ledger& ledger = context.observed.ledger;
  const bool has_succeeded =
      (ledger.last_known_good && ledger.last_known_good->verified) || ledger.cached_plan.has_value();
  if (ledger.packages.empty() || has_succeeded) return false;
  TRY_LET(const auto unfinished, Packages(context).Unfinished());
  return std::ranges::any_of(ledger.packages, [&](const std::string& name) {
    return std::ranges::find(unfinished, name) != unfinished.end();
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
Status BeforeInstall(Files& files, const Transaction& changes, PackageActions::Downgrade downgrade) {
  // Packages such as podman-docker or another engine are not removed without their owner's consent.
  if (!changes.removed.empty()) return MakeError<errors::kWouldRemove>(Join(changes.removed, ", "));
  if (!changes.downgraded.empty() && downgrade == PackageActions::Downgrade::kNo)
    return MakeError<errors::kWouldDowngradeOthers>(Join(changes.downgraded, ", "));
  return AmendLedger(files, [&](Ledger& ledger) {
    for (const std::string& name : changes.installed) {
      const auto known = std::find(ledger.packages.begin(), ledger.packages.end(), name);
      if (known == ledger.packages.end()) ledger.packages.push_back(name);
    }
  });
}

enum class Run { kBegins, kSucceeded, kFailed };

// A manager of rpm marks dependencies at the end of a run, and zypper takes what a reinstallation names for
// its owner's.
Status RecordRun(EngineContext& context, Run run) {
  const bool marks_late = context.platform.packages->reinstalls_interrupted;
  return AmendLedger(context.system.files, [&](Ledger& ledger) {
    const bool was_cut_off = run == Run::kFailed || (run == Run::kBegins && ledger.installing);
    if (marks_late && was_cut_off) ledger.unmarked_packages = ledger.packages;
    ledger.installing = run == Run::kBegins;
  });
}

// What a failed run did not install is not the extension's, whoever installs it later.
Status ForgetAbsent(EngineContext& context) {
  TRY_LET(const auto present, Packages(context).Present());
  const auto is_absent = [&](const std::string& name) {
    return std::ranges::find(present, name) == present.end();
  };
  return AmendLedger(context.system.files, [&](Ledger& ledger) {
    std::erase_if(ledger.packages, is_absent);
    std::erase_if(ledger.unmarked_packages, is_absent);
  });
}

// Whether a package manager may still run: another program's, this worker's after a timeout, or that of a
// killed worker.
bool MayStillRun(const Error& error) {
  return error.code == Code::kPackagesLocked || error.code == Code::kTimeout;
}

// What is tried, with what is known by then.
struct Attempt {
  const EngineOffer& offer;
  const std::vector<std::string>& present;  // the installed packages
  bool has_alternative = false;             // another offer follows
  bool network_works = false;  // the lists were updated, and nobody offered what was tried before
};

// A repository of Docker's that only `auto` asks for, on a machine that may have no access to it; and sources
// that may lack Docker, as far as they can be reached.
constexpr std::chrono::seconds kPatienceOfAuto{60};

std::optional<std::chrono::seconds> PatienceOf(const EngineContext& context, const Attempt& attempt) {
  if (context.target.source.origin != EngineOrigin::kAuto) return std::nullopt;
  const bool is_upstreams = HasUpstreamPackage(attempt.offer.packages);
  const bool is_bounded = is_upstreams && (attempt.has_alternative || attempt.network_works);
  return is_bounded ? std::optional(kPatienceOfAuto) : std::nullopt;
}

// The names to install: of the version and from the repository that the settings ask for. A repository that
// only `auto` adds is the only one that offers them.
Result<PackageActions::Choice> ChoiceOf(EngineContext& context, const Attempt& attempt,
                                        const std::string& repository) {
  const EngineSource& source = context.target.source;
  const EngineOffer& offer = attempt.offer;
  const std::string asked = source.origin == EngineOrigin::kAuto ? std::string() : repository;
  if (source.version.empty() && asked.empty())
    return PackageActions::Choice{.names = offer.packages, .optional = offer.plugins};
  return Packages(context).PinTo(
      offer.packages, offer.plugins,
      {.is_wanted = [&](std::string_view version) { return IsVersion(version, source.version); },
       .asked = source.version,
       .repository = asked,
       .present = attempt.present,
       .patience = PatienceOf(context, attempt)});
}

Result<PackageActions::Installed> InstallFrom(EngineContext& context, const Attempt& attempt,
                                              const std::string& repository) {
  Files& files = context.system.files;
  const auto downgrade = context.target.source.allow_downgrade ? PackageActions::Downgrade::kAllowed
                                                               : PackageActions::Downgrade::kNo;
  const Ledger& before = context.observed.ledger;
  TRY_LET(const PackageActions::Choice choice, ChoiceOf(context, attempt, repository));
  return Packages(context).Install(
      {.names = choice.names,
       .optional = choice.optional,
       .interrupted = before.installing ? before.packages : std::vector<std::string>(),
       .downgrade = downgrade,
       .lists_are_new = choice.lists_are_new,
       .patience = PatienceOf(context, attempt),
       .has_alternative = attempt.has_alternative && HasUpstreamPackage(attempt.offer.packages)},
      [&](const Transaction& changes) { return BeforeInstall(files, changes, downgrade); });
}

// Adds the repository and runs `use` with its identifier. One that cannot be used is removed again, or the
// former one is put back: a dead one would break its owner's updates.
template <class Use>
auto WithRepository(EngineContext& context, const Repository& repository, Use use) -> decltype(use("")) {
  const PackageManager& manager = *context.platform.packages;
  PackageActions packages = Packages(context);
  TRY_LET(const AddedRepository added, AddRepository(context.system, manager, packages, repository));
  auto outcome = use(added.identifier);
  if (!outcome.ok()) {
    if (!MayStillRun(outcome.error())) TRY(RestoreRepository(context.system, manager, packages));
    return outcome;
  }
  context.repository_warning = added.warning;
  TRY(CommitRepository(context.system, manager, packages));
  return outcome;
}

Result<PackageActions::Installed> InstallOffer(EngineContext& context, const Attempt& attempt) {
  if (!attempt.offer.repository) return InstallFrom(context, attempt, "");
  return WithRepository(context, *attempt.offer.repository, [&](const std::string& repository) {
    return InstallFrom(context, attempt, repository);
  });
}

// Why nothing could be installed: `failed` is the last offer's reason, `missing` has those before it.
Error AllFailed(const EngineOffer& offer, const Error& failed, std::vector<Error> missing) {
  if (failed.code == Code::kNotFound) {
    missing.push_back(failed);
    return Joined(missing).As(Code::kMissingDependency);
  }
  if (missing.empty() || failed.code == Code::kSuperseded) return failed;
  if (failed.code == Code::kBusy && offer.repository)
    return MakeError<errors::kNobodyOffersDocker>(missing.front().what, offer.repository->url, failed.what);
  Error error = failed;
  error.what += " (before that: " + missing.front().what + ")";
  return error;
}

// The first offer that is one; an error that names what each lacks.
Result<PackageActions::Installed> InstallFirstOffered(EngineContext& context) {
  TRY_LET(const auto present, Packages(context).Present());
  TRY_LET(const auto offers, OffersFor(context.target.source, context.platform, present));
  std::vector<Error> missing;
  bool network_works = false;
  for (const EngineOffer& offer : offers) {
    const Attempt attempt{.offer = offer,
                          .present = present,
                          .has_alternative = &offer != &offers.back(),
                          .network_works = network_works};
    auto installed = InstallOffer(context, attempt);
    if (installed.ok()) return installed;
    const Code code = installed.error().code;
    const bool goes_on = attempt.has_alternative && (code == Code::kNotFound || code == Code::kBusy);
    if (!goes_on) return AllFailed(offer, installed.error(), std::move(missing));
    network_works = network_works || code == Code::kNotFound;
    missing.push_back(installed.error());
  }
  return MakeError<errors::kNoneOfDistribution>(context.platform.distro->name);
}

Result<std::vector<std::string>> Present(EngineContext& context) {
  if (context.platform.packages == nullptr) return std::vector<std::string>();
  return Packages(context).Present();
}

// An engine that was verified with this target and answers with the same version since: what the package
// manager would say of it costs a child.
bool WasVerified(const EngineContext& context) {
  const auto& cached = context.observed.ledger.cached_plan;
  return !context.observed.ledger.former_repository && cached && !cached->engine_version.empty() &&
         cached->engine_version == context.observed.version && cached->target == Serialize(context.target);
}

// Whether the engine is of the source and the version that the settings ask for; asked only where they do.
Result<bool> IsAsAsked(EngineContext& context) {
  if (WasVerified(context)) return true;
  const EngineSource& source = context.target.source;
  // Where there is no package manager, the engine is the distribution's.
  const bool is_distributions =
      context.platform.packages == nullptr && source.origin == EngineOrigin::kDistribution;
  if (source.origin != EngineOrigin::kAuto && !is_distributions) {
    TRY_LET(const auto present, Present(context));
    TRY(CheckOrigin(source, *context.platform.distro, present));
  }
  if (RunsAskedVersion(context.target, context.observed)) return true;
  const std::string program = ProgramVersion(context.system, context.observed);
  TRY_LET(const VersionChange change,
          ChangeOfVersion(source, program.empty() ? context.observed.version.value_or("") : program));
  if (change == VersionChange::kNone) return true;
  TRY_LET(const auto present, Present(context));
  TRY(CheckChangeable(*context.platform.distro, present));
  return false;
}

// None where the settings ask for no repository.
Result<std::optional<EngineOffer>> OfferOfRepository(EngineContext& context) {
  const EngineSource& source = context.target.source;
  if (!AsksForRepository(source) || context.platform.packages == nullptr) return std::optional<EngineOffer>();
  TRY_LET(const auto present, Present(context));
  TRY_LET(const auto offers, OffersFor(source, context.platform, present));
  return std::optional(offers.back());
}

// What the owner of an engine gets it from is his: only a repository that the extension added follows the
// settings.
Result<bool> IsFromAsked(EngineContext& context) {
  const Ledger& ledger = context.observed.ledger;
  if (ledger.former_repository) return false;
  if (ledger.repository_files.empty()) return true;
  TRY_LET(const auto offer, OfferOfRepository(context));
  if (!offer) return true;
  return HasNoOtherRepository(context.system, *context.platform.packages, *offer->repository);
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
  return IsFromAsked(context);
}

// The engine stays as it is: its next version comes from there.
Result<std::string> ChangeRepository(EngineContext& context) {
  PackageActions packages = Packages(context);
  TRY_LET(const auto offer, OfferOfRepository(context));
  if (!offer) {
    TRY(RestoreRepository(context.system, *context.platform.packages, packages));
    return std::string("put the former package repository back");
  }
  const auto choice = WithRepository(context, *offer->repository, [&](const std::string& repository) {
    return packages.PinTo({offer->packages.front()}, {},
                          {.is_wanted = [](std::string_view) { return true; }, .repository = repository});
  });
  if (!choice.ok()) {
    const Error& error = choice.error();
    return error.code == Code::kNotFound ? error.As(Code::kMissingDependency) : error;
  }
  return "the package repository is " + offer->repository->url;
}

Result<std::string> Install(EngineContext& context) {
  if (context.platform.packages == nullptr)
    return MakeError<errors::kNoPackageManager>(context.platform.distro->name);
  TRY_LET(const bool is_engine_done, IsEngineDone(context));
  if (is_engine_done) return ChangeRepository(context);
  TRY(RecordRun(context, Run::kBegins));
  const auto installed = InstallFirstOffered(context);
  if (!installed.ok() && MayStillRun(installed.error())) return installed.error();
  Status recorded = RecordRun(context, installed.ok() ? Run::kSucceeded : Run::kFailed);
  if (!installed.ok()) {
    const Status forgotten = ForgetAbsent(context);
    if (!forgotten.ok()) context.system.log.Warn(forgotten.error().what + ", continuing");
    return installed.error();
  }
  const std::string list = Join(installed->names, ", ");
  TRY(std::move(recorded));
  TRY(Look(context));
  TRY_LET(const bool is_installed, IsInstalled(context));
  if (!is_installed) {
    return MakeError<errors::kIncompleteDocker>(list);
  }
  context.installation_warning = installed->warning;
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
