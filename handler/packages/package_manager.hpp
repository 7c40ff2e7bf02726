// SPDX-License-Identifier: MIT
// Package managers as data: what to run, and what its exit code and output mean. Nothing here runs anything.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "handler/errors/machine.hpp"
#include "handler/packages/repository.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

enum class PackageAction {
  kRefresh,    // updates the package lists
  kInstall,    // on names, which may be pinned; never removes, as far as the manager can be told so
  kDowngrade,  // kInstall that may also replace a newer version by an older one
  kReinstall,  // on names that are installed
  kRemove,     // on names; never purges, and keeps dependencies
  kRepair,     // completes an interrupted run
  kQuery,      // one of the other lists
  kList,       // list_installed: needs no lock
};

struct PackageRun {
  PackageAction action = PackageAction::kList;
  bool simulated = false;
  int exit_code = 0;
  std::string_view output;
};

enum class PackageOutcome {
  kDone,
  kLocked,       // another package manager holds the lock: try again
  kInterrupted,  // an earlier run was interrupted: run `repair` once, then try again
  kUnreachable,  // a package archive cannot be reached: try again
  kNotOffered,   // the lists do not name it, or name what the archive no longer has: newer lists may help
  kFailed,
};

// What a simulation says that would change. A package that another one replaces is removed, too.
struct Transaction {
  std::vector<std::string> installed;  // newly; without upgrades
  std::vector<std::string> removed;
  std::vector<std::string> downgraded;  // by a manager that does it without being asked
};

struct InstalledPackage {
  std::string name;
  std::string version;  // which `pinned` takes
  // Its installation was finished; of rpm, which has no such state: no later one of another version is beside
  // it, as an interrupted run leaves them.
  bool is_whole = true;

  friend bool operator==(const InstalledPackage&, const InstalledPackage&) = default;
};

// Words of remedies that differ from manager to manager.
struct RemedyWords {
  std::string_view sources;    // where the list of package archives is
  std::string_view conflicts;  // what shows or resolves conflicts
  std::string_view details;    // what shows the state of a broken package
};

struct PackageManager {
  std::string_view name;
  std::string_view program;  // it is this machine's where this file is,
  std::string_view link;     // and is a link to a file of this name; empty: whatever it is
  std::string_view format;   // of the packages: "deb" or "rpm"
  RemedyWords words;
  std::span<const std::string_view> environment;  // the complete environment, each "NAME=value"
  // Nobody else holds any of them before a run, nor when its success is believed: a manager that finds
  // nothing to do may end well while an earlier run, that of a killed worker, still installs.
  std::span<const LockFile> locks;

  // The argv of an action.
  std::vector<std::string> (*command)(PackageAction action, bool simulated,
                                      const std::vector<std::string>& names);
  std::span<const std::string_view> repair;  // a whole command; empty: the manager has none
  // Instead of a repair, packages of a run that was interrupted are reinstalled: rpm lists a package before
  // its last script ran, and "install" then finds nothing to do.
  bool reinstalls_interrupted = false;
  // Erases such earlier versions, NAME-VERSION, as the run would have done; empty: there are none.
  std::span<const std::string_view> erase;
  std::span<const std::string_view> list_installed;  // a whole command
  std::span<const std::string_view> list_manual;     // a whole command
  std::span<const std::string_view> list_versions;   // a command; repository_option and names follow
  // Restricts list_versions to the repository whose identifier follows. Empty: the list says where each
  // version is from.
  std::string_view repository_option;

  // The folder that names the units that it masked when it removed their packages; the next installation
  // removes those masks. Empty: it masks none.
  std::string_view removal_masks;

  PackageOutcome (*classify)(const PackageRun& run);
  Transaction (*transaction)(std::string_view simulation);
  // From what list_installed printed: packages of which more than configuration is present.
  std::vector<InstalledPackage> (*installed)(std::string_view list);
  // From what list_manual printed. Packages are manual that were named when they were installed, or that the
  // owner marked so; where lists_automatic is set, the list has the others instead.
  std::vector<std::string> (*manual)(std::string_view list);
  bool lists_automatic = false;
  // The lines with the cause of a failure, as one line; empty when there are none.
  std::string (*error_excerpt)(std::string_view output);
  // The row of the table of errors that these lines are about; its places are the values of PackageActions.
  const ErrorRow& (*cause)(std::string_view excerpt);

  // From what list_versions printed: the versions of a package that the sources offer, the newest first; of
  // the repository with this identifier, where the list says it. Empty: of any.
  std::vector<std::string> (*versions)(std::string_view list, std::string_view package,
                                       std::string_view repository);
  // A name to install of this version, and the package's name of that again.
  std::string (*pinned)(const std::string& package, const std::string& version);
  std::string (*unpinned)(const std::string& name);

  // What stands below upstream's folder of a distribution, with {major} and {channel}; and the files that add
  // a repository.
  std::string_view upstream_path;
  std::vector<RepositoryFile> (*repository_files)(const Repository& repository);
  // What the manager keeps of the repository that such files added, as patterns of glob(7): apt goes on with
  // lists that it verified with another key, where new ones cannot be.
  std::vector<std::string> (*kept_lists)(const std::vector<RepositoryFile>& files);
  // A whole command that refreshes a repository and checks the signature of its index, which the manager else
  // does not; nullptr where it does, or cannot.
  std::vector<std::string> (*check_index)(const std::string& repository);
  // Files, as patterns, that name repositories; and what such a file says of this one.
  std::span<const std::string_view> repository_lists;
  ListedRepository (*find)(std::string_view path, std::string_view text, const Repository& repository);
  // Whole commands about the keys that the manager trusts for every repository, empty where Signed-By
  // restricts a key to its own: they list the keys, a name a line; import the key of repository_files; and
  // forget keys, whose names follow.
  std::span<const std::string_view> list_keys;
  std::span<const std::string_view> import_key;
  std::span<const std::string_view> forget_keys;
};

extern const PackageManager kApt;
extern const PackageManager kDnf;  // version 4
extern const PackageManager kDnf5;
extern const PackageManager kTdnf;
extern const PackageManager kZypper;

}  // namespace dockerext
