// SPDX-License-Identifier: MIT
#include "handler/packages/package_actions.hpp"

#include <algorithm>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"
#include "handler/errors/engine_source.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::minutes kRunBudget{20};
constexpr std::chrono::seconds kLockPause{2};
constexpr std::chrono::seconds kNetworkPause{5};
constexpr std::size_t kExcerptLimit = 1000;  // bytes, the last ones

constexpr const char* kRefreshing = "update its package lists";

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> Without(const std::vector<std::string>& list,
                                 const std::vector<std::string>& excluded) {
  std::vector<std::string> rest;
  std::ranges::copy_if(list, std::back_inserter(rest), [&](const std::string& name) {
    return std::ranges::find(excluded, name) == excluded.end();
  });
  return rest;
}

// "docker-ce=5:28.5.2-1~debian.12~bookworm" -> "docker-ce": the names as the list of packages has them.
std::vector<std::string> Unpinned(std::vector<std::string> names) {
  for (std::string& name : names) name.resize(std::min(name.find('='), name.size()));
  return names;
}

}  // namespace

PackageOutcome PackageActions::Classify(const CommandOutput& run) const {
  return manager_.classify(run.exit_code, run.output + run.errors);
}

std::string PackageActions::ErrorExcerpt(const CommandOutput& run) const {
  const std::string output =
      Redacted(run.output + run.errors);  // whole: what is cut off gives a secret its shape
  std::string excerpt = manager_.error_excerpt(output);
  if (excerpt.empty()) {
    excerpt = "exit code " + std::to_string(run.exit_code) + ", its output ended with " +
              Quoted(Trim(Tail(output, kExcerptLimit / 2)));
  }
  return Tail(excerpt, kExcerptLimit);
}

Error PackageActions::Failed(const std::string& purpose, const CommandOutput& run) const {
  const std::string excerpt = ErrorExcerpt(run);
  const std::array<std::string_view, 3> values = {manager_.name, purpose, excerpt};
  return MakeError(manager_.cause(excerpt), values.data(), values.size());
}

PackageChanges PackageActions::Changes(const std::string& simulation) const {
  return {manager_.newly_installed(simulation), manager_.removed(simulation)};
}

// Ends with the last kBusy when the operation's deadline has passed. There is no budget: report_wait has one.
template <class Attempt>
auto PackageActions::RepeatWhileBusy(const std::string& reason, std::chrono::milliseconds pause,
                                     Attempt attempt) -> decltype(attempt()) {
  while (true) {
    auto outcome = attempt();
    if (outcome.ok() || outcome.error().code != Code::kBusy) return outcome;
    Status go_on = report_wait_("waiting for " + reason + ": " + outcome.error().what);
    if (!go_on.ok() && go_on.error().code == Code::kTimeout) return outcome;
    TRY(std::move(go_on));
    clock_.SleepFor(pause);
  }
}

Result<CommandOutput> PackageActions::RunOnce(const std::vector<std::string>& argv) {
  Command command;
  command.argv = argv;
  command.environment.assign(manager_.environment.begin(), manager_.environment.end());
  command.budget = kRunBudget;
  command.when_late = Command::WhenLate::kDetach;
  return commands_.Run(command);
}

Result<CommandOutput> PackageActions::RunWhenUnlocked(const std::vector<std::string>& argv) {
  auto unlocked = RepeatWhileBusy("another package manager", kLockPause, [&]() -> Result<CommandOutput> {
    TRY_LET(CommandOutput run, RunOnce(argv));
    if (Classify(run) == PackageOutcome::kLocked) return Error{Code::kBusy, ErrorExcerpt(run)};
    return run;
  });
  if (unlocked.ok() || unlocked.error().code != Code::kBusy) return unlocked;
  return MakeError<errors::kPackagesLocked>(unlocked.error().what);
}

// The repair's own failure is not final: the run that follows reports a broken package if it depends on it.
Result<CommandOutput> PackageActions::RunAndRepair(const std::vector<std::string>& argv) {
  TRY_LET(CommandOutput run, RunWhenUnlocked(argv));
  if (Classify(run) != PackageOutcome::kInterrupted) return run;
  TRY(report_wait_("repairing an interrupted run of " + std::string(manager_.name)));
  TRY(RunWhenUnlocked({manager_.repair.begin(), manager_.repair.end()}));
  return RunWhenUnlocked(argv);
}

// The output of a successful run.
Result<std::string> PackageActions::Run(const std::vector<std::string>& argv, const std::string& purpose) {
  TRY_LET(CommandOutput run, RunAndRepair(argv));
  if (Classify(run) == PackageOutcome::kDone) return std::move(run.output);
  return Failed(purpose, run);
}

// kBusy when another try may succeed: an archive cannot be reached, or the lists are old because of that.
Error PackageActions::NotInstalled(const std::string& purpose, const CommandOutput& run,
                                   const CommandOutput& refresh) const {
  Error failed = Failed(purpose, run);
  const PackageOutcome outcome = Classify(run);
  const PackageOutcome refreshed = Classify(refresh);
  if (refreshed != PackageOutcome::kDone) {
    const Error before = Failed(kRefreshing, refresh);
    failed.what += "; before that, " + before.what;
    // Lists that could not be updated do not name what is offered by now.
    if (outcome == PackageOutcome::kUnavailable) failed.remedy = before.remedy;
  }
  const bool may_pass =
      outcome == PackageOutcome::kUnreachable ||
      (outcome == PackageOutcome::kUnavailable && refreshed == PackageOutcome::kUnreachable);
  return may_pass ? failed.As(Code::kBusy) : failed;
}

Result<std::string> PackageActions::InstallOnce(const std::vector<std::string>& names,
                                                const BeforeInstall& before_install,
                                                std::span<const std::string_view> action) {
  const std::string purpose = "install " + Join(names, ", ");
  TRY_LET(const CommandOutput refresh, RunAndRepair(ActionArgv(manager_, manager_.refresh, {})));
  TRY_LET(const CommandOutput simulation, RunAndRepair(SimulationArgv(manager_, action, names)));
  const PackageOutcome offered = Classify(simulation);
  if (offered == PackageOutcome::kUnavailable && Classify(refresh) == PackageOutcome::kDone)
    return NotInstalled(purpose, simulation, refresh).As(Code::kNotFound);
  if (offered != PackageOutcome::kDone) return NotInstalled(purpose, simulation, refresh);
  if (Classify(refresh) != PackageOutcome::kDone) {
    TRY(report_wait_(Failed(kRefreshing, refresh).what + ", continuing with the existing lists"));
  }
  TRY(before_install(Changes(simulation.output)));
  TRY_LET(const CommandOutput run, RunAndRepair(ActionArgv(manager_, action, names)));
  if (Classify(run) == PackageOutcome::kDone) return std::string();
  TRY_LET(const bool whole, AreInstalledWhole(Unpinned(names)));
  if (!whole) return NotInstalled(purpose, run, refresh);
  return Join(names, ", ") + " is installed, but " + std::string(manager_.name) +
         " reported: " + ErrorExcerpt(run) + "; " + Failed(purpose, run).remedy;
}

Result<std::string> PackageActions::Install(const std::vector<std::string>& names,
                                            const BeforeInstall& before_install, Downgrade downgrade) {
  const auto action = downgrade == Downgrade::kAllowed ? manager_.downgrade : manager_.install;
  auto installed = RepeatWhileBusy("the network", kNetworkPause,
                                   [&] { return InstallOnce(names, before_install, action); });
  if (installed.ok() || installed.error().code != Code::kBusy) return installed;
  return installed.error().As(Code::kMissingDependency);
}

// kBusy while the lists may lack it only because an archive cannot be reached.
Result<std::vector<std::string>> PackageActions::PinOnce(
    const std::vector<std::string>& names, const std::function<bool(std::string_view)>& is_wanted) {
  TRY_LET(const CommandOutput refresh, RunAndRepair(ActionArgv(manager_, manager_.refresh, {})));
  std::vector<std::string> argv(manager_.list_versions.begin(), manager_.list_versions.end());
  argv.insert(argv.end(), names.begin(), names.end());
  TRY_LET(const std::string list, Run(argv, "list the versions of " + Join(names, ", ")));
  const auto offered = manager_.versions(list, names.front());
  const auto version = std::ranges::find_if(offered, is_wanted);
  if (version == offered.end()) {
    const Code code = Classify(refresh) == PackageOutcome::kUnreachable ? Code::kBusy : Code::kNotFound;
    return MakeError<errors::kVersionNotOffered>(manager_.name, names.front(),
                                                 offered.empty() ? "none" : Join(offered, ", "))
        .As(code);
  }
  std::vector<std::string> pinned;
  for (const std::string& name : names) {
    const bool has_version = Contains(manager_.versions(list, name), *version);
    pinned.push_back(has_version ? manager_.pinned(name, *version) : name);
  }
  return pinned;
}

Result<std::vector<std::string>> PackageActions::PinTo(
    const std::vector<std::string>& names, const std::function<bool(std::string_view)>& is_wanted) {
  auto pinned = RepeatWhileBusy("the network", kNetworkPause, [&] { return PinOnce(names, is_wanted); });
  if (pinned.ok() || pinned.error().code != Code::kBusy) return pinned;
  return pinned.error().As(Code::kMissingDependency);
}

Status PackageActions::Remove(const std::vector<std::string>& names) {
  TRY(Run(ActionArgv(manager_, manager_.remove, names), "remove " + Join(names, ", ")));
  return {};
}

Result<std::vector<std::string>> PackageActions::RemovedWith(const std::vector<std::string>& names) {
  TRY_LET(const std::string simulation,
          Run(SimulationArgv(manager_, manager_.remove, names), "remove " + Join(names, ", ")));
  return Without(Changes(simulation).removed, names);
}

Result<std::string> PackageActions::List() {
  return Run({manager_.list_installed.begin(), manager_.list_installed.end()}, "list the installed packages");
}

Result<std::vector<std::string>> PackageActions::Present() {
  TRY_LET(const std::string list, List());
  return manager_.present(list);
}

Result<std::vector<std::string>> PackageActions::HalfInstalled() {
  TRY_LET(const std::string list, List());
  return manager_.half_installed(list);
}

Result<bool> PackageActions::AreInstalledWhole(const std::vector<std::string>& names) {
  TRY_LET(const std::string list, List());
  const auto present = manager_.present(list);
  const auto half_installed = manager_.half_installed(list);
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return Contains(present, name) && !Contains(half_installed, name);
  });
}

Result<std::vector<std::string>> PackageActions::MarkedManual() {
  TRY_LET(const std::string list, Run({manager_.list_manual.begin(), manager_.list_manual.end()},
                                      "list the manually installed packages"));
  auto names = Split(list, '\n');
  std::erase(names, "");
  return names;
}

Result<std::vector<std::string>> PackageActions::StillOurs(const std::vector<std::string>& installed,
                                                           const std::vector<std::string>& named,
                                                           bool is_installing) {
  TRY_LET(const auto present, Present());
  TRY_LET(const auto owners, MarkedManual());
  const auto absent = is_installing ? std::vector<std::string>() : Without(installed, present);
  return Without(Without(installed, absent), Without(owners, named));
}

}  // namespace dockerext
