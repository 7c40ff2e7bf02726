// SPDX-License-Identifier: MIT
// Choosing the versions to install, and installing them.
#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/packages/names.hpp"
#include "handler/packages/package_actions.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kNetworkPause{5};

// "5:28.5.2-1~debian.12~bookworm" without its epoch, which differs between packages of one release.
std::string_view WithoutEpoch(std::string_view version) { return version.substr(version.find(':') + 1); }

bool IsPartOfName(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-+._").find(c) != std::string_view::npos;
}

// Whether `text` has it as a whole word: "docker-ce" is none of "docker-ce-cli".
bool Mentions(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    const bool ends = end == text.size() || !IsPartOfName(text[end]);
    if (ends && (at == 0 || !IsPartOfName(text[at - 1]))) return true;
  }
  return false;
}

// Managers name a repository by its identifier or by its URL, which apt writes without the "//" of "file://".
bool IsAbout(std::string_view reported, const PackageActions::Pin& pin) {
  const auto scheme = pin.url.find("://");
  std::string_view place = pin.url;
  if (scheme != std::string::npos) place.remove_prefix(scheme + 3);
  while (place.ends_with('/')) place.remove_suffix(1);
  return reported.find(pin.repository) != std::string_view::npos ||
         (!place.empty() && reported.find(place) != std::string_view::npos);
}

}  // namespace

// kBusy when another try may succeed: an archive cannot be reached, or the lists are old because of that.
Error PackageActions::NotInstalled(const std::string& purpose, const Runs& runs) const {
  Error failed = Failed(purpose, runs.run);
  const bool not_offered = runs.outcome == PackageOutcome::kNotOffered;
  if (runs.refreshed != PackageOutcome::kDone) {
    const Error before = Failed(kRefreshing, runs.refresh);
    // dnf and zypper try again to reach an archive, and say the same.
    const bool is_repeated = failed.what.find(ErrorExcerpt(runs.refresh)) != std::string::npos;
    if (!is_repeated) failed.what += "; before that, " + before.what;
    // Lists that could not be updated do not name what is offered by now.
    if (not_offered) failed.remedy = before.remedy;
  }
  const bool may_pass = runs.outcome == PackageOutcome::kUnreachable ||
                        (not_offered && runs.refreshed == PackageOutcome::kUnreachable);
  return may_pass ? failed.As(Code::kBusy) : failed;
}

std::vector<std::string> PackageActions::PinnedOf(std::vector<std::string> names) const {
  std::erase_if(names, [&](const std::string& name) { return manager_.unpinned(name) == name; });
  return names;
}

std::string PackageActions::Warning(const std::string& purpose, const std::vector<std::string>& names,
                                    const CommandOutput& run) const {
  return Join(names, ", ") + " is installed, but " + std::string(manager_.name) +
         " reported: " + ErrorExcerpt(run) + "; " + Failed(purpose, run).remedy;
}

// None where the manager needs no reinstallation.
Result<std::vector<std::string>> PackageActions::StillPresent(const std::vector<std::string>& names) {
  if (!manager_.reinstalls_interrupted || names.empty()) return std::vector<std::string>();
  TRY_LET(const auto present, Present());
  return Common(names, present);
}

// In the versions that are installed: zypper would take the newest. The text is a warning, as Install's.
Result<std::string> PackageActions::Reinstall(const std::vector<std::string>& interrupted) {
  if (interrupted.empty()) return std::string();
  TRY_LET(const auto installed, InstalledPackages());
  std::vector<std::string> names;
  for (const InstalledPackage& package : installed) {
    if (Contains(interrupted, package.name)) names.push_back(manager_.pinned(package.name, package.version));
  }
  TRY(report_wait_("reinstalling what an interrupted run of " + std::string(manager_.name) + " installed"));
  const Task task = TaskOf(PackageAction::kReinstall, names);
  TRY_LET(const CommandOutput run, RunAndRepair(task));
  if (Classify(task, run) == PackageOutcome::kDone) return std::string();
  return Warning("reinstall " + Join(names, ", "), names, run);
}

// kNotFound when nobody offers one of the names, as far as these lists can say so.
Error PackageActions::NotSimulated(const Installation& installation, const std::string& purpose,
                                   const Runs& runs) const {
  Error error = NotInstalled(purpose, runs);
  const bool lists_suffice =
      runs.refreshed == PackageOutcome::kDone || (installation.has_alternative && error.code != Code::kBusy);
  const bool nobody_offers = runs.outcome == PackageOutcome::kNotOffered && lists_suffice;
  return nobody_offers ? error.As(Code::kNotFound) : error;
}

Result<PackageActions::Simulation> PackageActions::Simulate(PackageAction action,
                                                            const std::vector<std::string>& names) {
  Simulation simulation{.names = names, .run = {}};
  const Task task = SimulationOf(action, names);
  TRY_LET(simulation.run, RunAndRepair(task));
  simulation.outcome = Classify(task, simulation.run);
  simulation.changes = manager_.transaction(simulation.run.output);
  return simulation;
}

// Optional packages that are not offered, or that another package would have to be removed for, are left out.
// That is asked once the others can be installed: an archive that cannot be reached offers nothing, and may
// be there a moment later.
Result<PackageActions::Simulation> PackageActions::SimulateOffered(const Installation& installation,
                                                                   PackageAction action) {
  auto optional = installation.optional;
  TRY_LET(Simulation all, Simulate(action, Joined(installation.names, optional)));
  if (all.IsGood() || optional.empty()) return all;
  TRY_LET(const Simulation required, Simulate(action, installation.names));
  if (!required.IsGood()) return required;
  while (!optional.empty()) {
    TRY_LET(all, Simulate(action, Joined(installation.names, optional)));
    if (all.IsGood()) return all;
    const std::string said = all.run.output + all.run.errors;
    const auto before = optional.size();
    std::erase_if(optional, [&](const std::string& name) { return Mentions(said, manager_.unpinned(name)); });
    if (all.outcome != PackageOutcome::kNotOffered || optional.size() == before) break;
  }
  return required;
}

Result<PackageActions::Refreshed> PackageActions::RefreshLists() {
  const Task task = TaskOf(PackageAction::kRefresh, {});
  Refreshed refresh;
  TRY_LET(refresh.run, RunAndRepair(task));
  refresh.outcome = Classify(task, refresh.run);
  return refresh;
}

Result<PackageActions::Installed> PackageActions::InstallOnce(const Installation& installation,
                                                              const BeforeInstall& before_install) {
  const auto action =
      installation.downgrade == Downgrade::kAllowed ? PackageAction::kDowngrade : PackageAction::kInstall;
  Refreshed refresh;
  if (!installation.lists_are_new) {
    TRY_LET(refresh, RefreshLists());
  }
  TRY_LET(const Simulation simulation, SimulateOffered(installation, action));
  const auto& names = simulation.names;
  const std::string purpose = "install " + Join(names, ", ");
  if (simulation.outcome != PackageOutcome::kDone)
    return NotSimulated(installation, purpose,
                        {simulation.run, simulation.outcome, refresh.run, refresh.outcome});
  if (refresh.outcome != PackageOutcome::kDone)
    TRY(report_wait_(Failed(kRefreshing, refresh.run).what + ", continuing with the existing lists"));
  TRY_LET(const auto interrupted, StillPresent(installation.interrupted));
  TRY(before_install(simulation.changes));
  const Task task = TaskOf(action, names);
  TRY_LET(const CommandOutput run, RunAndRepair(task));
  const PackageOutcome outcome = Classify(task, run);
  // Some end well and leave a version that is held or newer as it is.
  const bool is_done = outcome == PackageOutcome::kDone;
  std::string warning;
  if (is_done) {
    TRY_LET(warning, Reinstall(interrupted));
  } else {
    warning = Warning(purpose, names, run);
  }
  TRY_LET(const bool whole, AreInstalledWhole(is_done ? PinnedOf(names) : names));
  if (!whole) return NotInstalled(purpose, {run, outcome, refresh.run, refresh.outcome});
  return Installed{names, warning};
}

Result<PackageActions::Installed> PackageActions::Install(const Installation& installation,
                                                          const BeforeInstall& before_install) {
  auto installed = RepeatWhileBusy("the network", kNetworkPause, installation.patience,
                                   [&] { return InstallOnce(installation, before_install); });
  if (installed.ok() || installed.error().code != Code::kBusy) return installed;
  return installation.patience ? installed : installed.error().As(Code::kMissingDependency);
}

// kBusy while the lists may lack it only because an archive cannot be reached.
Error PackageActions::NotOffered(const std::string& name, const Pin& pin,
                                 const std::vector<std::string>& offered, const Refreshed& refresh) const {
  const bool lacks_all = offered.empty() && !pin.repository.empty();
  Error error = lacks_all
                    ? MakeError<errors::kNotInRepository>(pin.url, name)
                    : MakeError<errors::kVersionNotOffered>(
                          manager_.name, name, offered.empty() ? "none" : Join(offered, ", "), pin.asked);
  if (refresh.outcome == PackageOutcome::kDone) return error.As(Code::kNotFound);
  const std::string reported = ErrorExcerpt(refresh.run);
  if (lacks_all && IsAbout(reported, pin)) {
    const bool is_key = &manager_.cause(reported) == &errors::kPackagesSignature;
    error = is_key ? MakeError<errors::kRepositoryKeyDiffers>(manager_.name, pin.url, reported)
                   : MakeError<errors::kRepositoryNotRead>(manager_.name, pin.url, reported);
  } else {
    const Error before = Failed(kRefreshing, refresh.run);
    error.what += "; before that, " + before.what;
    error.remedy = before.remedy;
  }
  return error.As(refresh.outcome == PackageOutcome::kUnreachable ? Code::kBusy : Code::kMissingDependency);
}

// What has the version of the first is pinned to it. Others are pinned to the newest of a repository that is
// asked for, unless the machine has them: an older one would replace a newer one there.
std::string PackageActions::Pinned(const std::string& name, const std::string& version, const Pin& pin,
                                   std::string_view list) const {
  const auto versions = manager_.versions(list, name, pin.repository);
  const auto same = std::ranges::find_if(
      versions, [&](const std::string& other) { return WithoutEpoch(other) == WithoutEpoch(version); });
  if (same != versions.end()) return manager_.pinned(name, *same);
  const bool takes_newest = !pin.repository.empty() && !versions.empty() && !Contains(pin.present, name);
  return takes_newest ? manager_.pinned(name, versions.front()) : name;
}

Result<PackageActions::Choice> PackageActions::PinOnce(const std::vector<std::string>& names,
                                                       const std::vector<std::string>& optional,
                                                       const Pin& pin) {
  TRY_LET(const Refreshed refresh, RefreshLists());
  const auto all = Joined(names, optional);
  Task query{PackageAction::kQuery, false, {manager_.list_versions.begin(), manager_.list_versions.end()}};
  if (!pin.repository.empty() && !manager_.repository_option.empty())
    query.argv.push_back(std::string(manager_.repository_option) + pin.repository);
  query.argv.insert(query.argv.end(), all.begin(), all.end());
  TRY_LET(const std::string list, Run(query, "list the versions of " + Join(all, ", ")));
  const auto offered = manager_.versions(list, names.front(), pin.repository);
  const auto version = std::ranges::find_if(offered, pin.is_wanted);
  if (version == offered.end()) return NotOffered(names.front(), pin, offered, refresh);
  Choice choice{.lists_are_new = refresh.outcome == PackageOutcome::kDone};
  for (const std::string& name : names) choice.names.push_back(Pinned(name, *version, pin, list));
  for (const std::string& name : optional) {
    if (!manager_.versions(list, name, pin.repository).empty())
      choice.optional.push_back(Pinned(name, *version, pin, list));
  }
  return choice;
}

Result<PackageActions::Choice> PackageActions::PinTo(const std::vector<std::string>& names,
                                                     const std::vector<std::string>& optional,
                                                     const Pin& pin) {
  auto choice = RepeatWhileBusy("the network", kNetworkPause, pin.patience,
                                [&] { return PinOnce(names, optional, pin); });
  if (choice.ok() || choice.error().code != Code::kBusy) return choice;
  return pin.patience ? choice : choice.error().As(Code::kMissingDependency);
}

}  // namespace dockerext
