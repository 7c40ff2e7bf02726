// SPDX-License-Identifier: MIT
// Runs a package manager: waits while another one holds the locks, repairs an interrupted dpkg run once, and
// reports a failure with an excerpt of the manager's output.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "handler/packages/package_manager.hpp"
#include "handler/ports/system.hpp"

namespace dockerext {

struct PackageChanges {
  std::vector<std::string> installed;  // newly; without upgrades
  std::vector<std::string> removed;
};

class PackageActions {
 public:
  // `report_wait` is called with the reason of a wait, and ends the wait by an error.
  using ReportWait = std::function<Status(const std::string&)>;
  PackageActions(System& system, const PackageManager& manager, ReportWait report_wait)
      : system_(system), manager_(manager), report_wait_(std::move(report_wait)) {}

  // kPackagesLocked when the locks were not released within kLockBudget; kMissingDependency, with an excerpt
  // of the manager's output, when the action fails.
  Status Refresh();
  Status Install(const std::vector<std::string>& names);
  Status Remove(const std::vector<std::string>& names);

  // Simulates an action; changes nothing.
  Result<PackageChanges> WouldInstall(const std::vector<std::string>& names);
  Result<PackageChanges> WouldRemove(const std::vector<std::string>& names);

  // Packages of which more than the configuration files is installed; and those whose installation was
  // interrupted.
  Result<std::vector<std::string>> Present();
  Result<std::vector<std::string>> HalfInstalled();

  static constexpr std::chrono::minutes kLockBudget{10};

 private:
  Result<CommandOutput> Run(const std::vector<std::string>& argv);
  Result<CommandOutput> RunWhenUnlocked(const std::vector<std::string>& argv);
  Status Repair();
  Result<std::string> RunToEnd(const std::vector<std::string>& argv, const std::string& purpose);
  Result<PackageChanges> Simulate(std::span<const std::string_view> action,
                                  const std::vector<std::string>& names, const std::string& purpose);
  Result<std::string> List();

  PackageOutcome Classify(const CommandOutput& run) const;
  std::string ErrorExcerpt(const CommandOutput& run) const;
  Error Failed(const std::string& purpose, const CommandOutput& run) const;

  System& system_;
  const PackageManager& manager_;
  ReportWait report_wait_;
};

}  // namespace dockerext
