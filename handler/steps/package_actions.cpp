// SPDX-License-Identifier: MIT
#include "handler/steps/package_actions.hpp"

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::minutes kRunBudget{20};
constexpr std::chrono::seconds kLockPause{2};
constexpr std::size_t kExcerptLimit = 1000;  // bytes, the last ones

}  // namespace

PackageOutcome PackageActions::Classify(const CommandOutput& run) const {
  return manager_.classify(run.exit_code, run.output + run.errors);
}

std::string PackageActions::ErrorExcerpt(const CommandOutput& run) const {
  const std::string output = run.output + run.errors;
  std::string excerpt = manager_.error_excerpt(output);
  if (excerpt.empty()) {
    excerpt = "exit code " + std::to_string(run.exit_code) + ", its output ended with " +
              Quoted(Trim(Tail(output, kExcerptLimit / 2)));
  }
  return Tail(Redacted(excerpt), kExcerptLimit);
}

Error PackageActions::Failed(const std::string& purpose, const CommandOutput& run) const {
  return Error{Code::kMissingDependency,
               std::string(manager_.name) + " could not " + purpose + ": " + ErrorExcerpt(run)};
}

Result<CommandOutput> PackageActions::Run(const std::vector<std::string>& argv) {
  Command command;
  command.argv = argv;
  command.environment.assign(manager_.environment.begin(), manager_.environment.end());
  command.budget = kRunBudget;
  command.when_late = Command::WhenLate::kDetach;
  return system_.commands.Run(command);
}

// Retries while another package manager holds a lock.
Result<CommandOutput> PackageActions::RunWhenUnlocked(const std::vector<std::string>& argv) {
  auto unlocked = RetryWhileBusy(system_.clock, kLockBudget, kLockPause, [&]() -> Result<CommandOutput> {
    TRY_LET(CommandOutput run, Run(argv));
    if (Classify(run) != PackageOutcome::kLocked) return run;
    TRY(report_wait_("waiting for another package manager: " + ErrorExcerpt(run)));
    return Error{Code::kBusy, ErrorExcerpt(run)};
  });
  if (unlocked.ok() || unlocked.error().code != Code::kBusy) return unlocked;
  return Error{Code::kPackagesLocked,
               "another package manager has held its lock for " + std::to_string(kLockBudget.count()) +
                   " minutes (" + unlocked.error().message +
                   "); wait for it to finish, or stop it, and set the extension's settings again"};
}

// A failure is not final: the run that follows reports a broken package if it depends on it.
Status PackageActions::Repair() {
  system_.log.Warn("an earlier run of dpkg was interrupted; repairing it");
  TRY_LET(const CommandOutput run, RunWhenUnlocked({manager_.repair.begin(), manager_.repair.end()}));
  if (run.exit_code != 0) system_.log.Warn(Failed("repair it", run).message + ", continuing");
  return {};
}

// The output of a successful run.
Result<std::string> PackageActions::RunToEnd(const std::vector<std::string>& argv,
                                             const std::string& purpose) {
  TRY_LET(CommandOutput run, RunWhenUnlocked(argv));
  if (Classify(run) == PackageOutcome::kInterrupted) {
    TRY(Repair());
    TRY_LET(run, RunWhenUnlocked(argv));
  }
  if (Classify(run) == PackageOutcome::kDone) return run.output;
  return Failed(purpose, run);
}

Status PackageActions::Refresh() {
  TRY(RunToEnd(ActionArgv(manager_, manager_.refresh, {}), "update its package lists"));
  return {};
}

Status PackageActions::Install(const std::vector<std::string>& names) {
  TRY(RunToEnd(ActionArgv(manager_, manager_.install, names), "install " + Join(names, ", ")));
  return {};
}

Status PackageActions::Remove(const std::vector<std::string>& names) {
  TRY(RunToEnd(ActionArgv(manager_, manager_.remove, names), "remove " + Join(names, ", ")));
  return {};
}

Result<PackageChanges> PackageActions::Simulate(std::span<const std::string_view> action,
                                                const std::vector<std::string>& names,
                                                const std::string& purpose) {
  TRY_LET(const std::string simulation, RunToEnd(SimulationArgv(manager_, action, names), purpose));
  return PackageChanges{manager_.newly_installed(simulation), manager_.removed(simulation)};
}

Result<PackageChanges> PackageActions::WouldInstall(const std::vector<std::string>& names) {
  return Simulate(manager_.install, names, "install " + Join(names, ", "));
}

Result<PackageChanges> PackageActions::WouldRemove(const std::vector<std::string>& names) {
  return Simulate(manager_.remove, names, "remove " + Join(names, ", "));
}

Result<std::string> PackageActions::List() {
  return RunToEnd({manager_.list_installed.begin(), manager_.list_installed.end()},
                  "list the installed packages");
}

Result<std::vector<std::string>> PackageActions::Present() {
  TRY_LET(const std::string list, List());
  return manager_.present(list);
}

Result<std::vector<std::string>> PackageActions::HalfInstalled() {
  TRY_LET(const std::string list, List());
  return manager_.half_installed(list);
}

}  // namespace dockerext
