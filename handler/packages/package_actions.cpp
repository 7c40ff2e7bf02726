// SPDX-License-Identifier: MIT
#include "handler/packages/package_actions.hpp"

#include <algorithm>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/machine.hpp"
#include "handler/packages/names.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::minutes kRunBudget{20};
constexpr std::size_t kExcerptLimit = 1000;  // bytes, the last ones

}  // namespace

PackageActions::Task PackageActions::TaskOf(PackageAction action,
                                            const std::vector<std::string>& names) const {
  return {action, false, manager_.command(action, false, names)};
}

PackageActions::Task PackageActions::SimulationOf(PackageAction action,
                                                  const std::vector<std::string>& names) const {
  return {action, true, manager_.command(action, true, names)};
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

Status PackageActions::AwaitUnlocked() {
  return WhenUnlocked([&] { return CheckUnlocked({PackageAction::kQuery, false, {}}); });
}

Result<CommandOutput> PackageActions::RunWhenUnlocked(const Task& task) {
  return WhenUnlocked([&] { return RunUnlocked(task); });
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

Status PackageActions::Refresh() {
  TRY(Run(TaskOf(PackageAction::kRefresh, {}), std::string(kRefreshing)));
  return {};
}

Status PackageActions::CheckIndex(const std::string& repository, const std::string& url) {
  if (manager_.check_index == nullptr) return {};
  TRY_LET(const CommandOutput run,
          RunWhenUnlocked({PackageAction::kRefresh, false, manager_.check_index(repository)}));
  const std::string reported = ErrorExcerpt(run);
  if (&manager_.cause(reported) != &errors::kPackagesSignature) return {};
  return MakeError<errors::kRepositoryKeyDiffers>(manager_.name, url, reported);
}

Result<CommandOutput> PackageActions::RunTool(const std::vector<std::string>& argv) {
  return RunWhenUnlocked({PackageAction::kQuery, false, argv});
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

Result<std::vector<InstalledPackage>> PackageActions::InstalledPackages() {
  TRY_LET(const std::string list,
          Run({PackageAction::kList, false, {manager_.list_installed.begin(), manager_.list_installed.end()}},
              "list the installed packages"));
  return manager_.installed(list);
}

Result<std::vector<std::string>> PackageActions::Present() {
  TRY_LET(const auto installed, InstalledPackages());
  std::vector<std::string> names;
  std::ranges::transform(installed, std::back_inserter(names), &InstalledPackage::name);
  return names;
}

Result<bool> PackageActions::AreInstalledWhole(const std::vector<std::string>& names) {
  if (names.empty()) return true;
  TRY_LET(const auto installed, InstalledPackages());
  return std::ranges::all_of(names, [&](const std::string& name) {
    const std::string unpinned = manager_.unpinned(name);
    const auto is_other = [&](const InstalledPackage& package) { return package.name != unpinned; };
    const auto is_asked = [&](const InstalledPackage& package) {
      return package.is_whole && (name == unpinned || manager_.pinned(package.name, package.version) == name);
    };
    return !std::ranges::all_of(installed, is_other) &&
           std::ranges::all_of(installed,
                               [&](const auto& package) { return is_other(package) || is_asked(package); });
  });
}

Status PackageActions::EraseReplaced(const std::vector<std::string>& names) {
  if (manager_.erase.empty()) return {};
  TRY_LET(const auto installed, InstalledPackages());
  std::vector<std::string> argv(manager_.erase.begin(), manager_.erase.end());
  for (const InstalledPackage& package : installed) {
    if (!package.is_whole && Contains(names, package.name))
      argv.push_back(package.name + "-" + package.version.substr(package.version.find(':') + 1));
  }
  if (argv.size() == manager_.erase.size()) return {};
  const std::string purpose = "erase what an interrupted run replaced";
  TRY(report_wait_("going to " + purpose));
  TRY_LET(const CommandOutput run, RunTool(argv));
  return run.exit_code == 0 ? Status() : Failed(purpose, run);
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
