// SPDX-License-Identifier: MIT
// Runs a package manager: waits while another one holds the locks or a package archive cannot be reached,
// repairs an interrupted run once, and reports a failure with an excerpt of the manager's output.
#pragma once

#include <chrono>
#include <functional>
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
    std::vector<std::string> names;        // which may be pinned
    std::vector<std::string> interrupted;  // packages of an earlier run that may have been cut off
    Downgrade downgrade = Downgrade::kNo;
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
  // with an excerpt and a remedy, when it fails. The text is a warning: what failed in the same run although
  // all of `names` are installed whole; empty when nothing did.
  // kNotFound, with the same text, when the package lists are new and no source offers one of `names`.
  Result<std::string> Install(const Installation& installation, const BeforeInstall& before_install);
  // Updates the package lists, and pins these packages to the newest version that `is_wanted` accepts of the
  // first, as names to install; those that have no such version stay unpinned. kNotFound when none is
  // offered.
  Result<std::vector<std::string>> PinTo(const std::vector<std::string>& names,
                                         const std::function<bool(std::string_view)>& is_wanted);

  // kMissingDependency, with an excerpt of the manager's output, when an action fails.
  Status Remove(const std::vector<std::string>& names);
  // The other packages that would be removed with these; changes nothing.
  Result<std::vector<std::string>> RemovedWith(const std::vector<std::string>& names);

  // Packages of which more than the configuration files is installed; and those whose installation was
  // interrupted.
  Result<std::vector<std::string>> Present();
  Result<std::vector<std::string>> Unfinished();
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
  template <class Attempt>
  auto RepeatWhileBusy(const std::string& reason, std::chrono::milliseconds pause, Attempt attempt)
      -> decltype(attempt());
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
  Result<CommandOutput> RunUnlocked(const Task& task);
  Result<CommandOutput> RunWhenUnlocked(const Task& task);
  Result<CommandOutput> RunAndRepair(const Task& task);
  Result<std::string> Run(const Task& task, const std::string& purpose);
  Result<std::string> InstallOnce(const Installation& installation, const BeforeInstall& before_install);
  Result<std::vector<std::string>> StillPresent(const std::vector<std::string>& names);
  Result<std::string> Reinstall(const std::vector<std::string>& names);
  Result<std::vector<std::string>> PinOnce(const std::vector<std::string>& names,
                                           const std::function<bool(std::string_view)>& is_wanted);
  Result<std::string> List();
  std::vector<std::string> Unpinned(std::vector<std::string> names) const;

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
  Error NotSimulated(const std::string& purpose, const Runs& runs) const;
  std::string Warning(const std::string& purpose, const std::vector<std::string>& names,
                      const CommandOutput& run) const;

  Commands& commands_;
  Clock& clock_;
  Locks& locks_;
  const PackageManager& manager_;
  ReportWait report_wait_;
};

}  // namespace dockerext
