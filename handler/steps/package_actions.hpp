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

class PackageActions {
 public:
  PackageActions(Host& host, const PackageManager& manager) : host_(host), manager_(manager) {}

  // kPackagesLocked when the locks were not given back within kLockBudget; kInternal for everything else.
  Status Refresh();
  Status Install(const std::vector<std::string>& names);
  Status Remove(const std::vector<std::string>& names);

  // What an action would newly install, or take away; nothing is changed.
  Result<std::vector<std::string>> WouldInstall(const std::vector<std::string>& names);
  Result<std::vector<std::string>> WouldRemove(const std::vector<std::string>& names);

  Result<std::vector<std::string>> Installed();

  static constexpr std::chrono::minutes kLockBudget{10};

 private:
  Result<CommandOutput> Run(std::vector<std::string> argv, std::chrono::milliseconds budget);
  Result<std::string> RunToEnd(const std::vector<std::string>& argv);

  Host& host_;
  const PackageManager& manager_;
};

}  // namespace dockerext
