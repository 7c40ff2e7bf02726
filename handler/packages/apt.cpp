// SPDX-License-Identifier: MIT
#include <algorithm>
#include <span>

#include "handler/base/text.hpp"
#include "handler/packages/output.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

// Nothing may ask, and nothing may restart services: needrestart would restart the agent that runs us.
constexpr std::string_view kEnvironment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LC_ALL=C.UTF-8",
    "DEBIAN_FRONTEND=noninteractive",
    "DEBCONF_NONINTERACTIVE_SEEN=true",
    "APT_LISTCHANGES_FRONTEND=none",
    "NEEDRESTART_SUSPEND=1",
};

// DPkg::Lock::Timeout covers only dpkg's locks, and an apt that waits itself may not name the holder: our
// own loop waits for every lock.
constexpr std::string_view kTool[] = {"/usr/bin/apt-get",
                                      "-q",
                                      "-y",
                                      "-o",
                                      "DPkg::Lock::Timeout=0",
                                      "-o",
                                      "Acquire::Retries=3",
                                      "-o",
                                      "Dpkg::Use-Pty=0",
                                      "-o",
                                      "Dpkg::Options::=--force-confdef",
                                      "-o",
                                      "Dpkg::Options::=--force-confold",
                                      "--no-remove"};
// In the order in which apt-get takes them, updating and then installing.
constexpr LockFile kLocks[] = {{"/var/lib/apt/lists/lock"},
                               {"/var/lib/dpkg/lock-frontend"},
                               {"/var/lib/dpkg/lock"},
                               {"/var/cache/apt/archives/lock"}};
constexpr std::string_view kRepair[] = {"/usr/bin/dpkg", "--force-confdef", "--force-confold", "--configure",
                                        "-a"};
constexpr std::string_view kListInstalled[] = {"/usr/bin/dpkg-query", "-W", "-f",
                                               "${db:Status-Abbrev}${Package} ${Version}\\n"};
constexpr std::string_view kListManual[] = {"/usr/bin/apt-mark", "showmanual"};
constexpr std::string_view kListVersions[] = {"/usr/bin/apt-cache", "madison", "--"};
constexpr std::string_view kSourceLists[] = {"/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list",
                                             "/etc/apt/sources.list.d/*.sources"};

// What a simulation said before may have changed since: only where a removal is meant, "--remove" takes
// "--no-remove" back.
std::vector<std::string> ActionWords(PackageAction action) {
  switch (action) {
    case PackageAction::kRefresh:
      return {"update"};
    case PackageAction::kInstall:
      return {"--no-install-recommends", "install", "--"};
    case PackageAction::kDowngrade:
      return {"--no-install-recommends", "--allow-downgrades", "install", "--"};
    case PackageAction::kReinstall:
      return {"--reinstall", "install", "--"};
    case PackageAction::kRemove:
      return {"--remove", "remove", "--"};
    case PackageAction::kRepair:
    case PackageAction::kQuery:
    case PackageAction::kList:
      break;  // whole commands
  }
  return {};
}

std::vector<std::string> CommandOf(PackageAction action, bool simulated,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> argv(std::begin(kTool), std::end(kTool));
  if (simulated) argv.insert(argv.end(), {"--simulate", "--remove"});  // to see what would be removed
  const auto words = ActionWords(action);
  argv.insert(argv.end(), words.begin(), words.end());
  argv.insert(argv.end(), names.begin(), names.end());
  return argv;
}

// A lock that cannot even be opened (a disk that is full, or read-only) would not get free by waiting: apt
// then asks "are you root?", and also prints "Unable to lock".
constexpr std::string_view kLocked[] = {
    "Could not get lock",           // apt, and who holds it
    "is another process using it",  // apt, of dpkg's locks
    "lock was locked by",           // dpkg
    "locked by another process",    // dpkg until 1.19
};

// apt-get update ends with 0 where an archive cannot be reached, and continues with its old lists.
constexpr std::string_view kStaleLists = "Some index files failed to download";

// What apt cannot fetch is a line "Err:1 http://..."; the indented ones below say why. Where no network is
// configured yet, only they do: the summary then says that the archive has no Release file.
constexpr std::string_view kFetchError = "Err:";
constexpr std::string_view kUnreachable[] = {
    "Temporary failure resolving ",
    "Could not resolve ",
    "System error resolving ",
    "Something wicked happened resolving ",
    "Could not connect to ",               // refused, timed out, no route to host
    "Cannot initiate the connection to ",  // network is unreachable
    "Unable to connect to ",
    "Connection failed",
    "Connection timed out",
    "Error reading from server",
    "502 ",  // of a proxy, or of an archive that is overloaded
    "503 ",
    "504 ",
};

bool CouldNotReachArchive(std::string_view output) {
  bool below_fetch_error = false;
  for (const std::string& line : Split(output, '\n')) {
    if (!line.starts_with(' ')) below_fetch_error = line.starts_with(kFetchError);
    if (below_fetch_error && StartsWithOneOf(Trim(line), kUnreachable)) return true;
  }
  return false;
}

constexpr std::string_view kUnavailable[] = {"Unable to locate package", "has no installation candidate",
                                             "maybe run apt-get update"};

PackageOutcome Classify(const PackageRun& run) {
  const std::string_view output = run.output;
  if (run.exit_code == 0 && !Contains(output, kStaleLists)) return PackageOutcome::kDone;
  if (run.exit_code != 0 && ContainsOneOf(output, kLocked)) return PackageOutcome::kLocked;
  if (Contains(output, "dpkg was interrupted")) return PackageOutcome::kInterrupted;
  if (CouldNotReachArchive(output)) return PackageOutcome::kUnreachable;
  return ContainsOneOf(output, kUnavailable) ? PackageOutcome::kNotOffered : PackageOutcome::kFailed;
}

// "ii docker.io 20.10.24": the desired state, the actual one, and "R" or a blank. Of the actual ones "n" is
// not installed, and "c" removed with its configuration left; those that wait for another's trigger ("W",
// "t") complete without repair.
std::vector<InstalledPackage> Installed(std::string_view list) {
  constexpr std::string_view kUnfinished = "UFH";
  constexpr std::string_view kWhole = "iWt";
  std::vector<InstalledPackage> packages;
  for (const std::string& line : Split(list, '\n')) {
    const auto words =
        line.size() > 3 ? WordsOf(std::string_view(line).substr(3)) : std::vector<std::string>();
    if (words.empty()) continue;
    const bool is_whole = kWhole.find(line[1]) != std::string_view::npos;
    if (is_whole || kUnfinished.find(line[1]) != std::string_view::npos)
      packages.push_back({words[0], words.size() > 1 ? words[1] : "", is_whole});
  }
  return packages;
}

// "Inst docker.io (20.10.24 Debian:12/stable [amd64])" is new; "Inst foo [1.0] (1.1 ...)" is an upgrade;
// "Remv docker.io [20.10.24]"
Transaction ReadSimulation(std::string_view simulation) {
  Transaction transaction;
  for (const std::string& line : Split(simulation, '\n')) {
    const auto fields = Split(line, ' ');
    if (fields.size() > 2 && fields[0] == "Inst" && fields[2].starts_with('('))
      transaction.installed.push_back(fields[1]);
    if (fields.size() > 1 && fields[0] == "Remv") transaction.removed.push_back(fields[1]);
  }
  return transaction;
}

// Noise beside the line with the cause.
constexpr std::string_view kNoise[] = {"E: Couldn't find any package by",
                                       kStaleLists,
                                       "E: The following information from --solver",
                                       "E: Unable to fetch some archives",
                                       " Hashes of ",
                                       " - SHA256:",
                                       " - Filesize:",
                                       " Last modification reported:"};
constexpr std::string_view kCauses[] = {"E: ", "W: GPG error", "W: OpenPGP signature", "W: Failed to fetch",
                                        "dpkg: error"};
// The lines below these, as far as they are indented, belong to them.
constexpr std::string_view kHeadings[] = {
    kFetchError, "dpkg: error",
    "The following packages have unmet dependencies:", "The following held packages will be changed:"};

bool NamesCause(std::string_view line) { return StartsWithOneOf(line, kCauses); }

// The last output of a failing package script stands above dpkg's own line.
bool IsLastScriptOutput(const std::string& line, const std::string& next) {
  return next.starts_with("dpkg: error processing package") && !line.starts_with("debconf: ");
}

std::string ErrorExcerpt(std::string_view output) {
  const std::vector<std::string> lines = Split(output, '\n');
  std::vector<std::string> excerpt;
  bool below_heading = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with(' ')) below_heading = StartsWithOneOf(lines[i], kHeadings);
    const bool names_cause = below_heading || NamesCause(lines[i]) ||
                             (i + 1 < lines.size() && IsLastScriptOutput(lines[i], lines[i + 1]));
    if (names_cause && !ContainsOneOf(lines[i], kNoise) && !lines[i].starts_with(kFetchError))
      AddLine(excerpt, CollapseBlanks(lines[i]));
  }
  return AsSentence(excerpt);
}

// " docker-ce | 5:28.5.2-1~debian.12~bookworm | https://download.docker.com/linux/debian bookworm/stable ..."
std::vector<std::string> Versions(std::string_view list, std::string_view package,
                                  std::string_view repository) {
  std::vector<std::string> versions;
  for (const std::string& line : Split(list, '\n')) {
    const auto fields = Split(line, '|');
    if (fields.size() < 3 || Trim(fields[0]) != package) continue;
    const auto source = Trim(fields[2]);
    if (!repository.empty() && !IsSameAptUrl(source.substr(0, source.find(' ')), repository)) continue;
    std::string version(Trim(fields[1]));
    if (std::ranges::find(versions, version) == versions.end()) versions.push_back(std::move(version));
  }
  return versions;
}

std::string Pinned(const std::string& package, const std::string& version) { return package + "=" + version; }

std::string Unpinned(const std::string& name) { return name.substr(0, name.find('=')); }

// The first whose phrase occurs: a cause before its effects.
constexpr PhraseOfCause kFailures[] = {
    {"No space left on device", &errors::kPackagesDiskFull},
    {"enough free space", &errors::kPackagesDiskFull},
    {"does not have a Release file", &errors::kPackagesUnreachable},
    {"404 Not Found", &errors::kPackagesDamaged},
    {"File not found", &errors::kPackagesDamaged},
    {"Hash Sum mismatch", &errors::kPackagesDamaged},
    {"has unexpected size", &errors::kPackagesDamaged},
    {"GPG error", &errors::kPackagesSignature},
    {"OpenPGP signature", &errors::kPackagesSignature},
    {"Failed to fetch", &errors::kPackagesUnreachable},
    {"is not signed", &errors::kPackagesSignature},  // apt says it of each index that it could not fetch, too
    {"Unable to locate package", &errors::kPackagesNotOffered},
    {"no installation candidate", &errors::kPackagesNotOffered},
    {"Packages were downgraded", &errors::kPackagesOlder},
    {"remove is disabled", &errors::kPackagesConflict},
    {"Held packages were changed", &errors::kPackagesConflict},
    {"held packages", &errors::kPackagesConflict},
    {"held broken packages", &errors::kPackagesConflict},
    {"unmet dependencies", &errors::kPackagesConflict},
    {"Unmet dependencies", &errors::kPackagesConflict},
    {"dpkg: error processing", &errors::kPackagesBroken},
    {"dpkg exited unexpectedly", &errors::kPackagesKilled},
};

const ErrorRow& FindCause(std::string_view excerpt) {
  if (ContainsOneOf(excerpt, kUnreachable)) return errors::kPackagesUnreachable;
  return FirstCause(kFailures, excerpt);
}

}  // namespace

constinit const PackageManager kApt = {
    .name = "apt",
    .program = "/usr/bin/apt-get",
    .format = "deb",
    .words = {.sources = "/etc/apt/sources.list*",
              .conflicts = "apt-mark showhold, apt-get --fix-broken install",
              .details = "dpkg --configure -a"},
    .environment = kEnvironment,
    .locks = kLocks,
    .command = CommandOf,
    .repair = kRepair,
    .list_installed = kListInstalled,
    .list_manual = kListManual,
    .list_versions = kListVersions,
    // deb-systemd-helper(1p), which docker.io calls on Debian 11 and not from 12 on.
    .removal_masks = "/var/lib/systemd/deb-systemd-helper-masked",
    .classify = Classify,
    .transaction = ReadSimulation,
    .installed = Installed,
    .manual = NamesInLines,
    .error_excerpt = ErrorExcerpt,
    .cause = FindCause,
    .versions = Versions,
    .pinned = Pinned,
    .unpinned = Unpinned,
    .repository_files = AptRepositoryFiles,
    .kept_lists = AptKeptLists,
    .repository_lists = kSourceLists,
    .find = FindInAptList,
};

}  // namespace dockerext
