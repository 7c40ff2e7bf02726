// SPDX-License-Identifier: MIT
// dnf 4 (Enterprise Linux 8 to 10) and dnf5 (Fedora from 41 on): the same options and tables, other words.
#include "handler/base/text.hpp"
#include "handler/packages/output.hpp"
#include "handler/packages/package_manager.hpp"
#include "handler/packages/rpm.hpp"

namespace dockerext {
namespace {

// Weak dependencies are the owner's choice; what a removed package needed may be needed by others. One dead
// repository that nothing needs is skipped, as apt does: whatever it lacks then shows.
constexpr std::string_view kOptions[] = {
    "--setopt=install_weak_deps=False", "--setopt=clean_requirements_on_remove=False",
    "--setopt=*.skip_if_unavailable=True", "--setopt=retries=3", "--setopt=timeout=30"};
// dnf 4 else waits for ever; dnf5 ignores it and waits, so its locks are asked before.
constexpr std::string_view kExitOnLock = "--setopt=exit_on_lock=True";

constexpr LockFile kDnfLocks[] = {{"/var/cache/dnf/metadata_lock.pid", LockFile::Kind::kPidFile},
                                  {"/var/cache/dnf/download_lock.pid", LockFile::Kind::kPidFile},
                                  {"/var/lib/dnf/rpmdb_lock.pid", LockFile::Kind::kPidFile},
                                  {kRpmLock},
                                  {kRpmSysimageLock}};
// The second is Fedora's place for the state of dnf5.
constexpr LockFile kDnf5Locks[] = {{"/var/lib/dnf/system-repo.lock"},
                                   {"/usr/lib/sysimage/libdnf5/system-repo.lock"},
                                   {"/run/dnf/rpmtransaction.lock"},
                                   {kRpmLock},
                                   {kRpmSysimageLock}};

constexpr std::string_view kListManual[] = {"/usr/bin/dnf",  "-q",       "-C", "repoquery", "--userinstalled",
                                            "--queryformat", "%{name}\n"};
constexpr std::string_view kListVersions[] = {
    "/usr/bin/dnf", "-q", "repoquery", "--show-duplicates", "--queryformat", "%{name} %{evr}\n"};
// dnf5 has no such option: it shows all.
constexpr std::string_view kDnf5ListVersions[] = {"/usr/bin/dnf", "-q", "repoquery", "--queryformat",
                                                  "%{name} %{evr}\n"};

std::string_view WordOf(PackageAction action) {
  switch (action) {
    case PackageAction::kRefresh:
      return "makecache";
    case PackageAction::kReinstall:
      return "reinstall";
    case PackageAction::kRemove:
      return "remove";
    case PackageAction::kInstall:
    case PackageAction::kDowngrade:  // an older version that is named is one to install
    case PackageAction::kRepair:
    case PackageAction::kQuery:
    case PackageAction::kList:
      break;
  }
  return "install";
}

std::vector<std::string> CommandOf(PackageAction action, bool simulated,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> argv = {"/usr/bin/dnf", simulated ? "--assumeno" : "-y", std::string(kExitOnLock)};
  argv.insert(argv.end(), std::begin(kOptions), std::end(kOptions));
  if (action == PackageAction::kRefresh) argv.emplace_back("--refresh");
  argv.emplace_back(WordOf(action));
  argv.insert(argv.end(), names.begin(), names.end());
  return argv;
}

// The index of a mirror need not be signed: only where the key changes, and no package is installed that
// shows that it is the wrong one.
std::vector<std::string> CheckIndex(const std::string& repository) {
  auto argv = CommandOf(PackageAction::kRefresh, false, {});
  argv.insert(argv.end(), {"--repo=" + repository, "--setopt=" + repository + ".repo_gpgcheck=1"});
  return argv;
}

constexpr std::string_view kLocked[] = {
    "already locked by",                      // dnf 4, with exit_on_lock
    "can't create transaction lock on",       // rpm, without who holds it
    "Failed to obtain rpm transaction lock",  // dnf5 until 5.4
};
constexpr std::string_view kAborted = "Operation aborted";
// A dead repository that was skipped, and one that was not.
constexpr std::string_view kUnreachable[] = {
    "Failed to download metadata",  // "for repo" of dnf 4, "(baseurl:" of dnf5
    "Ignoring repositories:",
    "Failed to synchronize cache",
    "Cannot download",  // packages
    "Curl error (",
    "Usable URL not found",  // dnf5
};
// A wrong URL or file stays one, unless another repository could not be reached at all.
constexpr std::string_view kWrongFile[] = {"Status code: 40", "Curl error (37)", "checksum doesn't match",
                                           "Inconsistent server data"};
constexpr std::string_view kNoConnection[] = {"Curl error (5)",  "Curl error (6)",  "Curl error (7)",
                                              "Curl error (28)", "Curl error (35)", "Curl error (52)",
                                              "Curl error (56)", "Status code: 50"};
constexpr std::string_view kNotOffered[] = {"Unable to find a match", "No match for argument"};
// An owner's exclude= is not overruled by another source.
constexpr std::string_view kExcluded[] = {"filtered out by exclude", "matches only excluded packages"};
// dnf 4 ends well where a script fails.
constexpr std::string_view kScriptFailed = "Error in POSTIN scriptlet";

bool CouldNotReachArchive(std::string_view output) {
  if (!ContainsOneOf(output, kUnreachable)) return false;
  return !ContainsOneOf(output, kWrongFile) || ContainsOneOf(output, kNoConnection);
}

PackageOutcome Classify(const PackageRun& run) {
  const std::string_view output = run.output;
  const bool refreshes = run.action == PackageAction::kRefresh;
  if (run.exit_code != 0 && ContainsOneOf(output, kLocked)) return PackageOutcome::kLocked;
  if (refreshes && CouldNotReachArchive(output)) return PackageOutcome::kUnreachable;
  if (refreshes && ContainsOneOf(output, kUnreachable)) return PackageOutcome::kFailed;
  if (run.exit_code == 0)
    return Contains(output, kScriptFailed) ? PackageOutcome::kFailed : PackageOutcome::kDone;
  if (run.simulated && Contains(output, kAborted)) return PackageOutcome::kDone;
  if (ContainsOneOf(output, kExcluded)) return PackageOutcome::kFailed;
  if (ContainsOneOf(output, kNotOffered)) return PackageOutcome::kNotOffered;
  return CouldNotReachArchive(output) ? PackageOutcome::kUnreachable : PackageOutcome::kFailed;
}

// Lines of a cause; the indented ones below them say more.
constexpr std::string_view kCauses[] = {"Error",         "error:",
                                        "Failed",        "No match for argument",
                                        "All matches",   "Argument ",
                                        "Package ",      "Public key",
                                        "Problem",       " Problem",
                                        "The GPG keys",  "Signature",
                                        "Malformed",     "[MIRROR]",
                                        ">>> Curl",      "  installing package",
                                        ">>> [RPM]",     "Transaction failed",
                                        "OpenPGP check", ">>> Scriptlet",
                                        "  - ",          "warning: %"};
constexpr std::string_view kNoise[] = {" Repository ",
                                       "Scriptlet output",
                                       "is already installed",
                                       "Unable to find a match",
                                       "Error Summary",
                                       "Error: GPG check FAILED",
                                       "Failed to resolve the transaction",
                                       "cannot install the best candidate"};
// Who holds a lock of dnf 4.
constexpr std::string_view kHolder[] = {"already locked by", "The application with PID"};

bool NamesCause(std::string_view line) {
  if (ContainsOneOf(line, kHolder)) return true;
  return StartsWithOneOf(line, kCauses) && !ContainsOneOf(line, kNoise);
}

std::string ErrorExcerpt(std::string_view output) {
  std::string excerpt = ExcerptOf(output, NamesCause);
  return excerpt.empty() && Contains(output, "GPG check FAILED") ? "GPG check FAILED" : excerpt;
}

constexpr RemedyWords kWords = {.sources = "/etc/yum.repos.d",
                                .conflicts = "exclude= in /etc/dnf/dnf.conf; dnf check",
                                .details = "dnf check"};

constexpr PackageManager WithNameOf(std::string_view name, std::string_view link,
                                    std::span<const LockFile> locks,
                                    std::span<const std::string_view> list_versions) {
  PackageManager manager = OfRpm();
  manager.name = name;
  manager.program = "/usr/bin/dnf";
  manager.link = link;
  manager.words = kWords;
  manager.locks = locks;
  manager.command = CommandOf;
  manager.list_manual = kListManual;
  manager.list_versions = list_versions;
  manager.classify = Classify;
  manager.check_index = CheckIndex;
  manager.error_excerpt = ErrorExcerpt;
  return manager;
}

}  // namespace

constinit const PackageManager kDnf = WithNameOf("dnf", "", kDnfLocks, kListVersions);
constinit const PackageManager kDnf5 = WithNameOf("dnf", "dnf5", kDnf5Locks, kDnf5ListVersions);

}  // namespace dockerext
