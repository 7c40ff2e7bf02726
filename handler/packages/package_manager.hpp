// SPDX-License-Identifier: MIT
// Package managers as data: what to run, and what its exit code and words mean. Nothing here runs anything.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

enum class PackageOutcome {
  kDone,
  kLocked,       // another package manager works: try again
  kInterrupted,  // an earlier run was cut off: run `repair` once, then try again
  kFailed,
};

struct PackageManager {
  std::string_view name;
  std::span<const std::string_view> environment;  // the whole of it, "NAME=value"
  std::span<const std::string_view> tool;         // the program and the options of every action
  std::span<const std::string_view> refresh;      // action: reads the lists of packages anew
  std::span<const std::string_view> install;      // action on names
  std::span<const std::string_view> remove;       // action on names; never purges
  std::span<const std::string_view> simulate;     // in front of an action: only says what would happen
  std::span<const std::string_view> repair;  // a whole command: ends what an interrupted run left half done
  std::span<const std::string_view> list_installed;  // a whole command: "ii  name" a line

  // The folder that names the units that it masked when it removed their packages; the next installation
  // takes those masks away.
  std::string_view removal_masks;

  PackageOutcome (*classify)(int exit_code, std::string_view output);
  // From what list_installed printed: packages of which more is there than configuration; and those among
  // them whose installation did not come to its end.
  std::vector<std::string> (*present)(std::string_view list);
  std::vector<std::string> (*half_installed)(std::string_view list);
  // From what a simulation printed: packages that would be new, and those that would go.
  std::vector<std::string> (*newly_installed)(std::string_view simulation);
  std::vector<std::string> (*removed)(std::string_view simulation);
  // The lines that say what went wrong, as one line; empty when there are none.
  std::string (*error_excerpt)(std::string_view output);
  // What the machine's owner can do about a excerpt, as an order.
  std::string_view (*remedy)(std::string_view excerpt);
};

extern const PackageManager kApt;

// The argv of an action on these packages.
std::vector<std::string> ActionArgv(const PackageManager& manager, std::span<const std::string_view> action,
                                    const std::vector<std::string>& names);
std::vector<std::string> SimulationArgv(const PackageManager& manager,
                                        std::span<const std::string_view> action,
                                        const std::vector<std::string>& names);

}  // namespace dockerext
