// SPDX-License-Identifier: MIT
#include "handler/steps/engine_packages.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/engine_offers.hpp"
#include "handler/engine/package_repository.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/machine.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {
namespace {

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
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
      if (!Has(ledger.packages, name)) ledger.packages.push_back(name);
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

// Docker's, of whichever source and owner, and what came along with the extension's.
std::vector<std::string> ConcernedPackages(const EngineContext& context, const Ledger& ledger) {
  auto names = OfferedPackages(*context.platform.distro);
  names.insert(names.end(), ledger.packages.begin(), ledger.packages.end());
  return names;
}

// What a failed run did not install is not the extension's, whoever installs it later. Where rpm's was cut
// off, the next enable completes it, whatever its settings.
Status RecordFailure(EngineContext& context) {
  TRY_LET(const auto installed, PackagesOf(context).InstalledPackages());
  const auto is_absent = [&](const std::string& name) {
    return std::ranges::find(installed, name, &InstalledPackage::name) == installed.end();
  };
  return AmendLedger(context.system.files, [&](Ledger& ledger) {
    const auto concerned = ConcernedPackages(context, ledger);
    ledger.installing = context.platform.packages->reinstalls_interrupted &&
                        std::ranges::any_of(installed, [&](const InstalledPackage& package) {
                          return !package.is_whole && Has(concerned, package.name);
                        });
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
  return PackagesOf(context).PinTo(
      offer.packages, offer.plugins,
      {.is_wanted = [&](std::string_view version) { return IsVersion(version, source.version); },
       .asked = source.version,
       .repository = asked,
       .url = offer.repository ? offer.repository->url : std::string(),
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
  return PackagesOf(context).Install(
      {.names = choice.names,
       .optional = choice.optional,
       .interrupted = before.installing ? before.packages : std::vector<std::string>(),
       .downgrade = downgrade,
       .lists_are_new = choice.lists_are_new,
       .patience = PatienceOf(context, attempt),
       .has_alternative = attempt.has_alternative && HasUpstreamPackage(attempt.offer.packages)},
      [&](const Transaction& changes) { return BeforeInstall(files, changes, downgrade); });
}

// Adds the repository and runs `use` with it. One that cannot be used is removed again, or the
// former one is put back: a dead one would break its owner's updates.
template <class Use>
auto WithRepository(EngineContext& context, const Repository& repository, Use use)
    -> decltype(use(AddedRepository())) {
  const PackageManager& manager = *context.platform.packages;
  PackageActions packages = PackagesOf(context);
  AddedRepository added;
  const auto add_and_use = [&]() -> decltype(use(added)) {
    TRY_LET(added, AddRepository(context.system, manager, packages, repository));
    return use(added);
  };
  auto outcome = add_and_use();
  if (!outcome.ok()) {
    if (!MayStillRun(outcome.error())) TRY(RestoreRepository(context.system, manager, packages));
    return outcome;
  }
  context.repository_warning = added.warning;
  TRY(CommitRepository(context.system.files));
  return outcome;
}

Result<PackageActions::Installed> InstallOffer(EngineContext& context, const Attempt& attempt) {
  if (!attempt.offer.repository) return InstallFrom(context, attempt, "");
  return WithRepository(context, *attempt.offer.repository, [&](const AddedRepository& added) {
    return InstallFrom(context, attempt, added.identifier);
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
  TRY(PackagesOf(context).EraseReplaced(ConcernedPackages(context, context.observed.ledger)));
  TRY_LET(const auto present, PackagesOf(context).Present());
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

// None where the settings ask for no repository.
Result<std::optional<EngineOffer>> OfferOfRepository(EngineContext& context) {
  const EngineSource& source = context.target.source;
  if (!AsksForRepository(source) || context.platform.packages == nullptr) return std::optional<EngineOffer>();
  TRY_LET(const auto present, PresentPackages(context));
  TRY_LET(const auto offers, OffersFor(source, context.platform, present));
  return std::optional(offers.back());
}

}  // namespace

PackageActions PackagesOf(EngineContext& context) {
  System& system = context.system;
  return {system.commands, system.clock, system.locks, *context.platform.packages, context.report_wait};
}

Result<std::vector<std::string>> PresentPackages(EngineContext& context) {
  if (context.platform.packages == nullptr) return std::vector<std::string>();
  return PackagesOf(context).Present();
}

Result<PackageActions::Installed> InstallPackages(EngineContext& context) {
  TRY(RecordRun(context, Run::kBegins));
  auto installed = InstallFirstOffered(context);
  if (!installed.ok() && MayStillRun(installed.error())) return installed;
  Status recorded = RecordRun(context, installed.ok() ? Run::kSucceeded : Run::kFailed);
  if (installed.ok()) {
    TRY(std::move(recorded));
    return installed;
  }
  const Status recorded_failure = RecordFailure(context);
  if (!recorded_failure.ok()) context.system.log.Warn(recorded_failure.error().what + ", continuing");
  return installed;
}

Result<bool> IsRepositoryAsAsked(EngineContext& context) {
  const Ledger& ledger = context.observed.ledger;
  if (ledger.former_repository) return false;
  if (ledger.packages.empty() && ledger.repository_files.empty()) return true;
  TRY_LET(const auto offer, OfferOfRepository(context));
  if (!offer) return true;
  return HasRepository(context.system, *context.platform.packages, *offer->repository);
}

Result<std::string> ChangeRepository(EngineContext& context) {
  PackageActions packages = PackagesOf(context);
  TRY_LET(const auto offer, OfferOfRepository(context));
  if (!offer) {
    TRY(RestoreRepository(context.system, *context.platform.packages, packages));
    return std::string("put the former package repository back");
  }
  const std::string& url = offer->repository->url;
  const auto use = [&](const AddedRepository& added) -> Result<PackageActions::Choice> {
    if (!added.is_owners) TRY(packages.CheckIndex(added.identifier, url));
    return packages.PinTo(
        {offer->packages.front()}, {},
        {.is_wanted = [](std::string_view) { return true; }, .repository = added.identifier, .url = url});
  };
  const auto choice = WithRepository(context, *offer->repository, use);
  if (!choice.ok()) {
    const Error& error = choice.error();
    return error.code == Code::kNotFound ? error.As(Code::kMissingDependency) : error;
  }
  return "the package repository is " + url;
}

}  // namespace dockerext
