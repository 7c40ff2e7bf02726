// SPDX-License-Identifier: MIT
#include "handler/packages/package_actions.hpp"

#include <algorithm>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/machine.hpp"

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

std::vector<std::string> Common(const std::vector<std::string>& list, const std::vector<std::string>& other) {
  return Without(list, Without(list, other));
}

// "5:28.5.2-1~debian.12~bookworm" without its epoch, which differs between packages of one release.
std::string_view WithoutEpoch(std::string_view version) { return version.substr(version.find(':') + 1); }

}  // namespace

PackageActions::Task PackageActions::TaskOf(PackageAction action,
                                            const std::vector<std::string>& names) const {
  return {action, false, manager_.command(action, false, names)};
}

PackageActions::Task PackageActions::SimulationOf(PackageAction action,
                                                  const std::vector<std::string>& names) const {
  return {action, true, manager_.command(action, true, names)};
}

std::vector<std::string> PackageActions::Unpinned(std::vector<std::string> names) const {
  for (std::string& name : names) name = manager_.unpinned(name);
  return names;
}

PackageOutcome PackageActions::Classify(const Task& task, const CommandOutput& run) const {
  const std::string output = run.output + run.errors;
  return manager_.classify({task.action, task.simulated, run.exit_code, output});
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
  const std::array<std::string_view, 6> values = {
      manager_.name,         purpose, excerpt, manager_.words.sources, manager_.words.conflicts,
      manager_.words.details};
  return MakeError(manager_.cause(excerpt), values.data(), values.size());
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

Result<CommandOutput> PackageActions::RunOnce(const Task& task) {
  Command command;
  command.argv = task.argv;
  command.environment.assign(manager_.environment.begin(), manager_.environment.end());
  command.budget = kRunBudget;
  command.when_late = Command::WhenLate::kDetach;
  return commands_.Run(command);
}

// kBusy with who holds which lock.
Status PackageActions::CheckUnlocked(const Task& task) {
  if (task.action == PackageAction::kList) return {};
  for (const LockFile& lock : manager_.locks) {
    const std::string holder = locks_.HolderOf(lock);
    if (!holder.empty())
      return Error{Code::kBusy,
                   "E: Could not get lock " + std::string(lock.path) + ". It is held by " + holder};
  }
  return {};
}

// A success is believed only when nobody else holds a lock: where there is nothing to do, no lock is taken.
Result<CommandOutput> PackageActions::RunUnlocked(const Task& task) {
  TRY(CheckUnlocked(task));
  TRY_LET(CommandOutput run, RunOnce(task));
  const PackageOutcome outcome = Classify(task, run);
  if (outcome == PackageOutcome::kLocked) return Error{Code::kBusy, ErrorExcerpt(run)};
  if (outcome == PackageOutcome::kDone) TRY(CheckUnlocked(task));
  return run;
}

Result<CommandOutput> PackageActions::RunWhenUnlocked(const Task& task) {
  auto unlocked = RepeatWhileBusy("another package manager", kLockPause, [&] { return RunUnlocked(task); });
  if (unlocked.ok() || unlocked.error().code != Code::kBusy) return unlocked;
  return MakeError<errors::kPackagesLocked>(unlocked.error().what);
}

// The repair's own failure is not final: the run that follows reports a broken package if it depends on it.
Result<CommandOutput> PackageActions::RunAndRepair(const Task& task) {
  TRY_LET(CommandOutput run, RunWhenUnlocked(task));
  if (Classify(task, run) != PackageOutcome::kInterrupted) return run;
  TRY(report_wait_("repairing an interrupted run of " + std::string(manager_.name)));
  TRY(RunWhenUnlocked({PackageAction::kRepair, false, {manager_.repair.begin(), manager_.repair.end()}}));
  return RunWhenUnlocked(task);
}

// The output of a successful run.
Result<std::string> PackageActions::Run(const Task& task, const std::string& purpose) {
  TRY_LET(CommandOutput run, RunAndRepair(task));
  if (Classify(task, run) == PackageOutcome::kDone) return std::move(run.output);
  return Failed(purpose, run);
}

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

// The text is a warning, as Install's.
Result<std::string> PackageActions::Reinstall(const std::vector<std::string>& names) {
  if (names.empty()) return std::string();
  TRY(report_wait_("reinstalling what an interrupted run of " + std::string(manager_.name) + " installed"));
  const Task task = TaskOf(PackageAction::kReinstall, names);
  TRY_LET(const CommandOutput run, RunAndRepair(task));
  if (Classify(task, run) == PackageOutcome::kDone) return std::string();
  return Warning("reinstall " + Join(names, ", "), names, run);
}

// kNotFound when the lists are new and nobody offers one of the names.
Error PackageActions::NotSimulated(const std::string& purpose, const Runs& runs) const {
  const bool nobody_offers =
      runs.outcome == PackageOutcome::kNotOffered && runs.refreshed == PackageOutcome::kDone;
  Error error = NotInstalled(purpose, runs);
  return nobody_offers ? error.As(Code::kNotFound) : error;
}

Result<std::string> PackageActions::InstallOnce(const Installation& installation,
                                                const BeforeInstall& before_install) {
  const auto& names = installation.names;
  const std::string purpose = "install " + Join(names, ", ");
  const auto action =
      installation.downgrade == Downgrade::kAllowed ? PackageAction::kDowngrade : PackageAction::kInstall;
  const Task refresh_task = TaskOf(PackageAction::kRefresh, {});
  TRY_LET(const CommandOutput refresh, RunAndRepair(refresh_task));
  const PackageOutcome refreshed = Classify(refresh_task, refresh);
  const Task simulation_task = SimulationOf(action, names);
  TRY_LET(const CommandOutput simulation, RunAndRepair(simulation_task));
  const PackageOutcome simulated = Classify(simulation_task, simulation);
  if (simulated != PackageOutcome::kDone)
    return NotSimulated(purpose, {simulation, simulated, refresh, refreshed});
  if (refreshed != PackageOutcome::kDone)
    TRY(report_wait_(Failed(kRefreshing, refresh).what + ", continuing with the existing lists"));
  TRY_LET(const auto interrupted, StillPresent(installation.interrupted));
  TRY(before_install(manager_.transaction(simulation.output)));
  const Task task = TaskOf(action, names);
  TRY_LET(const CommandOutput run, RunAndRepair(task));
  const PackageOutcome outcome = Classify(task, run);
  if (outcome == PackageOutcome::kDone) return Reinstall(interrupted);
  TRY_LET(const bool whole, AreInstalledWhole(Unpinned(names)));
  if (!whole) return NotInstalled(purpose, {run, outcome, refresh, refreshed});
  return Warning(purpose, names, run);
}

Result<std::string> PackageActions::Install(const Installation& installation,
                                            const BeforeInstall& before_install) {
  auto installed = RepeatWhileBusy("the network", kNetworkPause,
                                   [&] { return InstallOnce(installation, before_install); });
  if (installed.ok() || installed.error().code != Code::kBusy) return installed;
  return installed.error().As(Code::kMissingDependency);
}

// kBusy while the lists may lack it only because an archive cannot be reached.
Result<std::vector<std::string>> PackageActions::PinOnce(
    const std::vector<std::string>& names, const std::function<bool(std::string_view)>& is_wanted) {
  const Task refresh_task = TaskOf(PackageAction::kRefresh, {});
  TRY_LET(const CommandOutput refresh, RunAndRepair(refresh_task));
  Task query{PackageAction::kQuery, false, {manager_.list_versions.begin(), manager_.list_versions.end()}};
  query.argv.insert(query.argv.end(), names.begin(), names.end());
  TRY_LET(const std::string list, Run(query, "list the versions of " + Join(names, ", ")));
  const auto offered = manager_.versions(list, names.front());
  const auto version = std::ranges::find_if(offered, is_wanted);
  if (version == offered.end()) {
    const Code code =
        Classify(refresh_task, refresh) == PackageOutcome::kUnreachable ? Code::kBusy : Code::kNotFound;
    return MakeError<errors::kVersionNotOffered>(manager_.name, names.front(),
                                                 offered.empty() ? "none" : Join(offered, ", "))
        .As(code);
  }
  std::vector<std::string> pinned;
  for (const std::string& name : names) {
    const auto versions = manager_.versions(list, name);
    const auto same = std::ranges::find_if(
        versions, [&](const std::string& other) { return WithoutEpoch(other) == WithoutEpoch(*version); });
    pinned.push_back(same == versions.end() ? name : manager_.pinned(name, *same));
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
  TRY(Run(TaskOf(PackageAction::kRemove, names), "remove " + Join(names, ", ")));
  return {};
}

Result<std::vector<std::string>> PackageActions::RemovedWith(const std::vector<std::string>& names) {
  TRY_LET(const std::string simulation,
          Run(SimulationOf(PackageAction::kRemove, names), "remove " + Join(names, ", ")));
  return Without(manager_.transaction(simulation).removed, names);
}

Result<std::string> PackageActions::List() {
  return Run({PackageAction::kList, false, {manager_.list_installed.begin(), manager_.list_installed.end()}},
             "list the installed packages");
}

Result<std::vector<std::string>> PackageActions::Present() {
  TRY_LET(const std::string list, List());
  return manager_.present(list);
}

Result<std::vector<std::string>> PackageActions::Unfinished() {
  TRY_LET(const std::string list, List());
  return manager_.unfinished(list);
}

Result<bool> PackageActions::AreInstalledWhole(const std::vector<std::string>& names) {
  TRY_LET(const std::string list, List());
  const auto present = manager_.present(list);
  const auto unfinished = manager_.unfinished(list);
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return Contains(present, name) && !Contains(unfinished, name);
  });
}

Result<std::vector<std::string>> PackageActions::MarkedManual() {
  TRY_LET(const std::string list,
          Run({PackageAction::kQuery, false, {manager_.list_manual.begin(), manager_.list_manual.end()}},
              "list the manually installed packages"));
  auto names = manager_.manual(list);
  if (!manager_.lists_automatic) return names;
  TRY_LET(const auto present, Present());
  return Without(present, names);
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
