// SPDX-License-Identifier: MIT
// Runs a package manager: waits while another one holds the locks or a package archive cannot be reached,
// repairs an interrupted run once, and reports a failure with an excerpt of the manager's output.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "handler/packages/package_manager.hpp"
#include "handler/ports/clock.hpp"
#include "handler/ports/commands.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

class PackageActions {
 public:
  // Called before each pause with the reason of the wait; nothing but its error ends a wait. kTimeout, when
  // the operation's deadline has passed, becomes the error of what was waited for: kPackagesLocked for a
  // lock, kMissingDependency for the network. Any other error is returned as it is.
  using ReportWait = std::function<Status(const std::string&)>;
  // Called with what the installation would change, directly before it; its error is returned, and nothing is
  // installed.
  using BeforeInstall = std::function<Status(const Transaction&)>;

  enum class Downgrade { kNo, kAllowed };

  struct Installation {
    std::vector<std::string> names = {};        // which may be pinned
    std::vector<std::string> optional = {};     // so may these: left out where they are not offered
    std::vector<std::string> interrupted = {};  // packages of an earlier run that may have been cut off
    Downgrade downgrade = Downgrade::kNo;
    bool lists_are_new = false;  // by PinTo
    // How long an archive is waited for, which ends with kBusy; none: as long as report_wait lets it.
    std::optional<std::chrono::seconds> patience = {};
    bool has_alternative = false;  // other packages or another source are tried next
  };

  struct Installed {
    std::vector<std::string> names;
    std::string warning;  // what failed in the same run although all of `names` are installed whole
  };

  // Which versions are wanted.
  struct Pin {
    std::function<bool(std::string_view)> is_wanted;  // of the first package
    std::string asked = {};                           // the same as its owner wrote it, for an error
    std::string repository = {};                      // its identifier; empty: any
    std::string url = {};                             // of that
    std::vector<std::string> present = {};            // packages that the machine has
    std::optional<std::chrono::seconds> patience = {};
  };

  // Packages to install, those pinned that can be.
  struct Choice {
    std::vector<std::string> names = {};
    std::vector<std::string> optional = {};
    bool lists_are_new = false;
  };

  PackageActions(Commands& commands, Clock& clock, Locks& locks, const PackageManager& manager,
                 ReportWait report_wait)
      : commands_(commands),
        clock_(clock),
        locks_(locks),
        manager_(manager),
        report_wait_(std::move(report_wait)) {}

  // Updates the package lists and installs; repeats both while that fails because a package archive cannot be
  // reached. Lists that cannot be updated are no failure while the existing ones suffice. kMissingDependency,
  // with an excerpt and a remedy, when it fails; kNotFound, with the same text, when the package lists are
  // new and no source offers one of the names, or they cannot be updated and there is an alternative.
  Result<Installed> Install(const Installation& installation, const BeforeInstall& before_install);
  // Updates the package lists, and pins these packages to the newest version that is wanted of the first;
  // where a repository is asked for, whatever it offers is taken from it, and optional packages that it does
  // not offer are left out. kNotFound when no wanted version is offered.
  Result<Choice> PinTo(const std::vector<std::string>& names, const std::vector<std::string>& optional,
                       const Pin& pin);

  // Waits until nobody holds the manager's locks. kPackagesLocked.
  Status AwaitUnlocked();
  // Updates the package lists. kMissingDependency.
  Status Refresh();
  // kMissingDependency where the repository's index is signed, and not with its key.
  Status CheckIndex(const std::string& repository, const std::string& url);
  // Runs another program that needs the manager's locks, such as rpm, and waits for them as for an action's.
  // Any other failure is an exit code.
  Result<CommandOutput> RunTool(const std::vector<std::string>& argv);

  // kMissingDependency, with an excerpt of the manager's output, when an action fails.
  Status Remove(const std::vector<std::string>& names);
  // The other packages that would be removed with these; changes nothing.
  Result<std::vector<std::string>> RemovedWith(const std::vector<std::string>& names);

  // Packages of which more than the configuration files is installed; their names.
  Result<std::vector<InstalledPackage>> InstalledPackages();
  Result<std::vector<std::string>> Present();
  // rpm: erases what an interrupted run replaced and left beside what it installed, of packages of these
  // names.
  Status EraseReplaced(const std::vector<std::string>& names);
  // A name that is pinned, in that version; nothing else of it.
  Result<bool> AreInstalledWhole(const std::vector<std::string>& names);
  // Packages that were named when they were installed, or that the machine's owner marked since as manually
  // installed.
  Result<std::vector<std::string>> MarkedManual();
  // Of packages that the extension installed those that are still installed (half-installed ones would block
  // every other installation) and that their owner has not marked as his own. `named` were marked by their
  // installation. While a package manager may still be installing them, all count as installed.
  Result<std::vector<std::string>> StillOurs(const std::vector<std::string>& installed,
                                             const std::vector<std::string>& named, bool is_installing);

 private:
  static constexpr std::chrono::seconds kLockPause{2};
  static constexpr const char* kRefreshing = "update its package lists";

  // Ends with the last kBusy when the operation's deadline, which report_wait knows, or `patience` has
  // passed.
  template <class Attempt>
  auto RepeatWhileBusy(const std::string& reason, std::chrono::milliseconds pause,
                       std::optional<std::chrono::seconds> patience, Attempt attempt) -> decltype(attempt()) {
    const auto start = clock_.SteadyNow();
    while (true) {
      auto outcome = attempt();
      if (outcome.ok() || outcome.error().code != Code::kBusy) return outcome;
      if (patience && clock_.SteadyNow() - start >= *patience) return outcome;
      Status go_on = report_wait_("waiting for " + reason + ": " + outcome.error().what);
      if (!go_on.ok() && go_on.error().code == Code::kTimeout) return outcome;
      TRY(std::move(go_on));
      clock_.SleepFor(pause);
    }
  }
  // What is run, and how its end is to be understood.
  struct Task {
    PackageAction action = PackageAction::kList;
    bool simulated = false;
    std::vector<std::string> argv;
  };
  Task TaskOf(PackageAction action, const std::vector<std::string>& names) const;
  Task SimulationOf(PackageAction action, const std::vector<std::string>& names) const;
  Result<CommandOutput> RunOnce(const Task& task);
  Status CheckUnlocked(const Task& task);
  // kPackagesLocked for a wait that ended.
  template <class Attempt>
  auto WhenUnlocked(Attempt attempt) -> decltype(attempt()) {
    auto unlocked = RepeatWhileBusy("another package manager", kLockPause, std::nullopt, attempt);
    if (unlocked.ok() || unlocked.error().code != Code::kBusy) return unlocked;
    return MakeError<errors::kPackagesLocked>(unlocked.error().what);
  }
  Result<CommandOutput> RunUnlocked(const Task& task);
  Result<CommandOutput> RunWhenUnlocked(const Task& task);
  Result<CommandOutput> RunAndRepair(const Task& task);
  Result<std::string> Run(const Task& task, const std::string& purpose);
  struct Simulation {
    std::vector<std::string> names;
    CommandOutput run;
    PackageOutcome outcome = PackageOutcome::kDone;
    Transaction changes = {};

    bool IsGood() const { return outcome == PackageOutcome::kDone && changes.removed.empty(); }
  };
  struct Refreshed {
    CommandOutput run = {};
    PackageOutcome outcome = PackageOutcome::kDone;
  };
  Result<Refreshed> RefreshLists();
  Result<Simulation> Simulate(PackageAction action, const std::vector<std::string>& names);
  Result<Simulation> SimulateOffered(const Installation& installation, PackageAction action);
  Result<Installed> InstallOnce(const Installation& installation, const BeforeInstall& before_install);
  Result<std::vector<std::string>> StillPresent(const std::vector<std::string>& names);
  Result<std::string> Reinstall(const std::vector<std::string>& interrupted);
  Error NotOffered(const std::string& name, const Pin& pin, const std::vector<std::string>& offered,
                   const Refreshed& refresh) const;
  std::string Pinned(const std::string& name, const std::string& version, const Pin& pin,
                     std::string_view list) const;
  Result<Choice> PinOnce(const std::vector<std::string>& names, const std::vector<std::string>& optional,
                         const Pin& pin);
  std::vector<std::string> PinnedOf(std::vector<std::string> names) const;

  PackageOutcome Classify(const Task& task, const CommandOutput& run) const;
  std::string ErrorExcerpt(const CommandOutput& run) const;
  Error Failed(const std::string& purpose, const CommandOutput& run) const;
  // A run, and the refresh before it.
  struct Runs {
    const CommandOutput& run;
    PackageOutcome outcome;
    const CommandOutput& refresh;
    PackageOutcome refreshed;
  };
  Error NotInstalled(const std::string& purpose, const Runs& runs) const;
  Error NotSimulated(const Installation& installation, const std::string& purpose, const Runs& runs) const;
  std::string Warning(const std::string& purpose, const std::vector<std::string>& names,
                      const CommandOutput& run) const;

  Commands& commands_;
  Clock& clock_;
  Locks& locks_;
  const PackageManager& manager_;
  ReportWait report_wait_;
};

}  // namespace dockerext
