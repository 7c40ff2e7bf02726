// SPDX-License-Identifier: MIT
#include "handler/steps/package_actions.hpp"

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::minutes kRunBudget{20};
constexpr std::chrono::seconds kLockPause{5};

}  // namespace

Result<CommandOutput> PackageActions::Run(std::vector<std::string> argv, std::chrono::milliseconds budget) {
  Command command;
  command.argv = std::move(argv);
  command.environment.assign(manager_.environment.begin(), manager_.environment.end());
  command.budget = budget;
  command.when_late = Command::WhenLate::kLeaveRunning;
  return host_.commands.Run(command);
}

// What the command printed, once it ended well.
Result<std::string> PackageActions::RunToEnd(const std::vector<std::string>& argv) {
  const std::string shown = Quoted(Join(argv, " "));
  bool repaired = false;
  auto outcome = RetryWhileBusy(host_.clock, kLockBudget, kLockPause, [&]() -> Result<std::string> {
    TRY_LET(const CommandOutput run, Run(argv, kRunBudget));
    const std::string words = run.output + run.errors;
    const PackageOutcome judged = manager_.judge(run.exit_code, words);
    if (judged == PackageOutcome::kDone) return run.output;
    std::string complaint = Redacted(manager_.complaint(words));
    if (complaint.empty()) complaint = Tail(Redacted(words), 400);
    if (judged == PackageOutcome::kLocked) return Error{Code::kBusy, complaint};
    if (judged == PackageOutcome::kInterrupted && !repaired) {
      repaired = true;
      host_.log.Warn("an earlier run of dpkg was interrupted; repairing it");
      TRY(Run({manager_.repair.begin(), manager_.repair.end()}, kRunBudget));
      return Error{Code::kBusy, complaint};
    }
    return Error{Code::kMissingDependency,
                 shown + " failed (exit " + std::to_string(run.exit_code) + "): " + complaint};
  });
  if (outcome.ok() || outcome.error().code != Code::kBusy) return outcome;
  return Error{Code::kPackagesLocked,
               "another package manager has held its lock for " + std::to_string(kLockBudget.count()) +
                   " minutes; wait for it to end and set the extension's settings again (" +
                   outcome.error().message + ")"};
}

Status PackageActions::Refresh() {
  TRY(RunToEnd(ActionArgv(manager_, manager_.refresh, {})));
  return {};
}

Status PackageActions::Install(const std::vector<std::string>& names) {
  TRY(RunToEnd(ActionArgv(manager_, manager_.install, names)));
  return {};
}

Status PackageActions::Remove(const std::vector<std::string>& names) {
  TRY(RunToEnd(ActionArgv(manager_, manager_.remove, names)));
  return {};
}

Result<PackageChanges> PackageActions::Simulate(std::span<const std::string_view> action,
                                                const std::vector<std::string>& names) {
  TRY_LET(const std::string simulation, RunToEnd(SimulationArgv(manager_, action, names)));
  return PackageChanges{manager_.newly_installed(simulation), manager_.removed(simulation)};
}

Result<PackageChanges> PackageActions::WouldInstall(const std::vector<std::string>& names) {
  return Simulate(manager_.install, names);
}

Result<PackageChanges> PackageActions::WouldRemove(const std::vector<std::string>& names) {
  return Simulate(manager_.remove, names);
}

Result<std::vector<std::string>> PackageActions::Installed() {
  TRY_LET(const std::string list, RunToEnd({manager_.list_installed.begin(), manager_.list_installed.end()}));
  return manager_.installed(list);
}

}  // namespace dockerext
