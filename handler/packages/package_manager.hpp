// SPDX-License-Identifier: MIT
// Package managers as data: what to run, and what its exit code and output mean. Nothing here runs anything.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "handler/errors/machine.hpp"
#include "handler/packages/repository.hpp"

namespace dockerext {

enum class PackageOutcome {
  kDone,
  kLocked,       // another package manager holds the lock: try again
  kInterrupted,  // an earlier run was interrupted: run `repair` once, then try again
  kUnreachable,  // a package archive cannot be reached: try again
  kUnavailable,  // the lists do not name it, or name what the archive no longer has: newer lists may help
  kFailed,
};

struct PackageManager {
  std::string_view name;
  std::span<const std::string_view> environment;     // the complete environment, each "NAME=value"
  std::span<const std::string_view> tool;            // the program and the options of every action
  std::span<const std::string_view> refresh;         // action: updates the package lists
  std::span<const std::string_view> install;         // action on names
  std::span<const std::string_view> downgrade;       // action on names: installs older versions, too
  std::span<const std::string_view> remove;          // action on names; never purges
  std::span<const std::string_view> simulate;        // before an action: only prints what would happen
  std::span<const std::string_view> repair;          // a whole command: completes an interrupted run
  std::span<const std::string_view> list_installed;  // a whole command: "ii  name" a line
  std::span<const std::string_view> list_manual;     // a whole command: the manually installed, a name a line

  std::span<const std::string_view> list_versions;  // a whole command on names: the versions that are offered

  // The folder that names the units that it masked when it removed their packages; the next installation
  // removes those masks.
  std::string_view removal_masks;

  PackageOutcome (*classify)(int exit_code, std::string_view output);
  // From what list_installed printed: packages of which more than configuration is present; and those among
  // them that are half installed.
  std::vector<std::string> (*present)(std::string_view list);
  std::vector<std::string> (*half_installed)(std::string_view list);
  // From what a simulation printed: packages that would be installed, and those that would be removed.
  std::vector<std::string> (*newly_installed)(std::string_view simulation);
  std::vector<std::string> (*removed)(std::string_view simulation);
  // The lines with the cause of a failure, as one line; empty when there are none.
  std::string (*error_excerpt)(std::string_view output);
  // The row of the table of errors that these lines are about.
  const ErrorRow& (*cause)(std::string_view excerpt);

  // From what list_versions printed: the versions of a package, the newest first.
  std::vector<std::string> (*versions)(std::string_view list, std::string_view package);
  std::string (*pinned)(const std::string& package, const std::string& version);  // as a name to install
  // The files that add a repository; where its owner may have added it, as patterns; and whether such a file
  // has it.
  std::vector<RepositoryFile> (*repository_files)(const Repository& repository);
  std::span<const std::string_view> repository_lists;
  bool (*has_repository)(std::string_view path, std::string_view text, const Repository& repository);
};

extern const PackageManager kApt;

// The argv of an action on these packages.
std::vector<std::string> ActionArgv(const PackageManager& manager, std::span<const std::string_view> action,
                                    const std::vector<std::string>& names);
std::vector<std::string> SimulationArgv(const PackageManager& manager,
                                        std::span<const std::string_view> action,
                                        const std::vector<std::string>& names);

}  // namespace dockerext
