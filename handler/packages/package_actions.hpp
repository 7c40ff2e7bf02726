// SPDX-License-Identifier: MIT
// Runs a package manager: waits while another one holds the locks or a package archive cannot be reached,
// repairs an interrupted dpkg run once, and reports a failure with an excerpt of the manager's output.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "handler/packages/package_manager.hpp"
#include "handler/ports/clock.hpp"
#include "handler/ports/commands.hpp"

namespace dockerext {

struct PackageChanges {
  std::vector<std::string> installed;  // newly; without upgrades
  std::vector<std::string> removed;
};

class PackageActions {
 public:
  // Called before each pause with the reason of the wait; nothing but its error ends a wait. kTimeout, when
  // the operation's deadline has passed, becomes the error of what was waited for: kPackagesLocked for a
  // lock, kMissingDependency for the network. Any other error is returned as it is.
  using ReportWait = std::function<Status(const std::string&)>;
  // Called with what the installation would change, directly before it; its error is returned, and nothing is
  // installed.
  using BeforeInstall = std::function<Status(const PackageChanges&)>;

  enum class Downgrade { kNo, kAllowed };

  PackageActions(Commands& commands, Clock& clock, const PackageManager& manager, ReportWait report_wait)
      : commands_(commands), clock_(clock), manager_(manager), report_wait_(std::move(report_wait)) {}

  // Updates the package lists and installs; repeats both while that fails because a package archive cannot be
  // reached. Lists that cannot be updated are no failure while the existing ones suffice. kMissingDependency,
  // with an excerpt and a remedy, when it fails. The text is a warning: what failed in the same run although
  // all of `names` are installed whole; empty when nothing did.
  // kNotFound, with the same text, when the package lists are new and no source offers one of `names`.
  Result<std::string> Install(const std::vector<std::string>& names, const BeforeInstall& before_install,
                              Downgrade downgrade = Downgrade::kNo);
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
  Result<std::vector<std::string>> HalfInstalled();
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
  Result<CommandOutput> RunOnce(const std::vector<std::string>& argv);
  Result<CommandOutput> RunWhenUnlocked(const std::vector<std::string>& argv);
  Result<CommandOutput> RunAndRepair(const std::vector<std::string>& argv);
  Result<std::string> Run(const std::vector<std::string>& argv, const std::string& purpose);
  Result<std::string> InstallOnce(const std::vector<std::string>& names, const BeforeInstall& before_install,
                                  std::span<const std::string_view> action);
  Result<std::vector<std::string>> PinOnce(const std::vector<std::string>& names,
                                           const std::function<bool(std::string_view)>& is_wanted);
  Result<std::string> List();

  PackageOutcome Classify(const CommandOutput& run) const;
  std::string ErrorExcerpt(const CommandOutput& run) const;
  Error Failed(const std::string& purpose, const CommandOutput& run) const;
  Error NotInstalled(const std::string& purpose, const CommandOutput& run,
                     const CommandOutput& refresh) const;
  PackageChanges Changes(const std::string& simulation) const;

  Commands& commands_;
  Clock& clock_;
  const PackageManager& manager_;
  ReportWait report_wait_;
};

}  // namespace dockerext
