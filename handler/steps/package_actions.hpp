// SPDX-License-Identifier: MIT
// Runs a package manager: waits while another one holds the locks, repairs an interrupted one once, and tells
// a failure in the manager's own words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "handler/packages/package_manager.hpp"
#include "handler/ports/host.hpp"

namespace dockerext {

struct PackageChanges {
  std::vector<std::string> installed;  // newly; upgrades are not among them
  std::vector<std::string> removed;
};

class PackageActions {
 public:
  PackageActions(Host& host, const PackageManager& manager) : host_(host), manager_(manager) {}

  // kPackagesLocked when the locks were not given back within kLockBudget; kInternal for everything else.
  Status Refresh();
  Status Install(const std::vector<std::string>& names);
  Status Remove(const std::vector<std::string>& names);

  // What an action would do; nothing is changed.
  Result<PackageChanges> WouldInstall(const std::vector<std::string>& names);
  Result<PackageChanges> WouldRemove(const std::vector<std::string>& names);

  Result<std::vector<std::string>> Installed();

  static constexpr std::chrono::minutes kLockBudget{10};

 private:
  Result<CommandOutput> Run(std::vector<std::string> argv, std::chrono::milliseconds budget);
  Result<PackageChanges> Simulate(std::span<const std::string_view> action,
                                  const std::vector<std::string>& names);
  Result<std::string> RunToEnd(const std::vector<std::string>& argv);

  Host& host_;
  const PackageManager& manager_;
};

}  // namespace dockerext
