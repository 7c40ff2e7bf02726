// SPDX-License-Identifier: MIT
// tdnf of CBL-Mariner and Azure Linux, as its source has it (https://github.com/vmware/tdnf): it has never
// been run by the extension's own tests.
#include "handler/packages/output.hpp"
#include "handler/packages/package_manager.hpp"
#include "handler/packages/rpm.hpp"

namespace dockerext {
namespace {

// It waits for ever for its own lock.
constexpr LockFile kLocks[] = {{"/var/run/.tdnf-instance-lockfile"}, {kRpmLock}, {kRpmSysimageLock}};
constexpr std::string_view kListManual[] = {"/usr/bin/tdnf",   "-q",   "-C",     "repoquery",
                                            "--userinstalled", "--qf", "%{name}"};
constexpr std::string_view kListVersions[] = {"/usr/bin/tdnf", "-q",   "repoquery",
                                              "--available",   "--qf", "%{name} %{evr}"};

std::string_view WordOf(PackageAction action) {
  switch (action) {
    case PackageAction::kRefresh:
      return "makecache";
    case PackageAction::kReinstall:
      return "reinstall";
    case PackageAction::kRemove:
      return "remove";
    case PackageAction::kDowngrade:  // an older version that is named is one to install
    case PackageAction::kInstall:
    case PackageAction::kRepair:
    case PackageAction::kQuery:
    case PackageAction::kList:
      break;
  }
  return "install";
}

std::vector<std::string> CommandOf(PackageAction action, bool simulated,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> argv = {"/usr/bin/tdnf", simulated ? "--assumeno" : "-y"};
  if (action == PackageAction::kRemove) argv.emplace_back("--noautoremove");
  argv.emplace_back(WordOf(action));
  argv.insert(argv.end(), names.begin(), names.end());
  return argv;
}

// "Error(1011) : No matching packages": the exit code is the last 8 bits of that number. tdnf until 3.5 ended
// with 0 after "--assumeno".
constexpr std::string_view kAborted = "Error(1032)";
constexpr std::string_view kNotOffered = "Error(1011)";
constexpr std::string_view kUnreachable[] = {"Error(1006)", "Error(12",  // 1200 and more: curl's
                                             "Error: Failed to synchronize cache"};
constexpr std::string_view kLocked[] = {"can't create transaction lock on", "waiting for tdnf_instance lock"};

PackageOutcome Classify(const PackageRun& run) {
  const std::string_view output = run.output;
  if (run.action == PackageAction::kRefresh && ContainsOneOf(output, kUnreachable))
    return PackageOutcome::kUnreachable;
  if (run.exit_code == 0) return PackageOutcome::kDone;
  if (ContainsOneOf(output, kLocked)) return PackageOutcome::kLocked;
  if (run.simulated && Contains(output, kAborted)) return PackageOutcome::kDone;
  if (Contains(output, kNotOffered)) return PackageOutcome::kNotOffered;
  return ContainsOneOf(output, kUnreachable) ? PackageOutcome::kUnreachable : PackageOutcome::kFailed;
}

constexpr std::string_view kCauses[] = {"Error",  "error",      "No package", "warning: %",
                                        "Found ", "1. package", "RPM "};

bool NamesCause(std::string_view line) { return StartsWithOneOf(line, kCauses); }

std::string ErrorExcerpt(std::string_view output) { return ExcerptOf(output, NamesCause); }

}  // namespace

constinit const PackageManager kTdnf = [] {
  PackageManager manager = OfRpm();
  manager.name = "tdnf";
  manager.program = "/usr/bin/tdnf";
  manager.words = {.sources = "/etc/yum.repos.d",
                   .conflicts = "excludepkgs= in /etc/tdnf/tdnf.conf; tdnf check",
                   .details = "tdnf check"};
  manager.locks = kLocks;
  manager.command = CommandOf;
  manager.list_manual = kListManual;
  manager.list_versions = kListVersions;
  manager.repository_option = "--repoid=";
  manager.classify = Classify;
  manager.error_excerpt = ErrorExcerpt;
  return manager;
}();

}  // namespace dockerext
