// SPDX-License-Identifier: MIT
#include <algorithm>
#include <span>

#include "handler/base/text.hpp"
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
// What a simulation said before may have changed since: only where a removal is meant, "--remove" takes
// "--no-remove" back.
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
constexpr std::string_view kRefresh[] = {"update"};
constexpr std::string_view kInstall[] = {"--no-install-recommends", "install", "--"};
constexpr std::string_view kDowngrade[] = {"--no-install-recommends", "--allow-downgrades", "install", "--"};
constexpr std::string_view kRemove[] = {"--remove", "remove", "--"};
constexpr std::string_view kSimulate[] = {"--simulate", "--remove"};  // to see what would be removed
constexpr std::string_view kRepair[] = {"/usr/bin/dpkg", "--force-confdef", "--force-confold", "--configure",
                                        "-a"};
constexpr std::string_view kListInstalled[] = {"/usr/bin/dpkg-query", "-W", "-f",
                                               "${db:Status-Abbrev}${Package}\\n"};
constexpr std::string_view kListManual[] = {"/usr/bin/apt-mark", "showmanual"};
constexpr std::string_view kListVersions[] = {"/usr/bin/apt-cache", "madison", "--"};
constexpr std::string_view kSourceLists[] = {"/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list",
                                             "/etc/apt/sources.list.d/*.sources"};

bool Contains(std::string_view output, std::string_view phrase) {
  return output.find(phrase) != std::string_view::npos;
}

bool ContainsOneOf(std::string_view output, std::span<const std::string_view> phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return Contains(output, phrase); });
}

bool StartsWithOneOf(std::string_view line, std::span<const std::string_view> starts) {
  return std::ranges::any_of(starts, [&](std::string_view start) { return line.starts_with(start); });
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

PackageOutcome Classify(int exit_code, std::string_view output) {
  if (exit_code == 0 && !Contains(output, kStaleLists)) return PackageOutcome::kDone;
  if (exit_code != 0 && ContainsOneOf(output, kLocked)) return PackageOutcome::kLocked;
  if (Contains(output, "dpkg was interrupted")) return PackageOutcome::kInterrupted;
  if (CouldNotReachArchive(output)) return PackageOutcome::kUnreachable;
  return ContainsOneOf(output, kUnavailable) ? PackageOutcome::kUnavailable : PackageOutcome::kFailed;
}

// "ii docker.io": the desired state, the actual one, and "R" or a blank. `states` are values of the second.
std::vector<std::string> NamesInState(std::string_view list, std::string_view states) {
  std::vector<std::string> names;
  for (const std::string& line : Split(list, '\n')) {
    if (line.size() > 3 && states.find(line[1]) != std::string_view::npos) {
      names.emplace_back(Trim(std::string_view(line).substr(3)));
    }
  }
  return names;
}

// All but "n", not installed, and "c", removed with its configuration left.
std::vector<std::string> Present(std::string_view list) { return NamesInState(list, "iUFHWt"); }

// Those that wait for another's trigger ("W", "t") complete without repair.
std::vector<std::string> HalfInstalled(std::string_view list) { return NamesInState(list, "UFH"); }

// "Inst docker.io (20.10.24 Debian:12/stable [amd64])" is new; "Inst foo [1.0] (1.1 ...)" is an upgrade.
std::vector<std::string> NewlyInstalled(std::string_view simulation) {
  std::vector<std::string> names;
  for (const std::string& line : Split(simulation, '\n')) {
    const auto fields = Split(line, ' ');
    if (fields.size() > 2 && fields[0] == "Inst" && fields[2].starts_with('(')) names.push_back(fields[1]);
  }
  return names;
}

// "Remv docker.io [20.10.24]"
std::vector<std::string> Removed(std::string_view simulation) {
  std::vector<std::string> names;
  for (const std::string& line : Split(simulation, '\n')) {
    const auto fields = Split(line, ' ');
    if (fields.size() > 1 && fields[0] == "Remv") names.push_back(fields[1]);
  }
  return names;
}

// Noise beside the line with the cause.
constexpr std::string_view kNoise[] = {"E: Couldn't find any package by", kStaleLists,
                                       "E: The following information from --solver"};
constexpr std::string_view kCauses[] = {"E: ", "W: GPG error", "W: OpenPGP signature", "W: Failed to fetch",
                                        "dpkg: error"};
// The lines below these, as far as they are indented, belong to them.
constexpr std::string_view kHeadings[] = {
    kFetchError, "dpkg: error",
    "The following packages have unmet dependencies:", "The following held packages will be changed:"};

bool NamesCause(std::string_view line) {
  return !ContainsOneOf(line, kNoise) && StartsWithOneOf(line, kCauses);
}

// Runs of blanks become one.
std::string CollapseBlanks(std::string_view line) {
  std::vector<std::string> fields = Split(line, ' ');
  std::erase(fields, "");
  return Join(fields, " ");
}

// The last output of a failing package script stands above dpkg's own line.
bool IsLastScriptOutput(const std::string& line, const std::string& next) {
  return next.starts_with("dpkg: error processing package") && !line.starts_with("debconf: ");
}

// Adds a line unless another says the same and more.
void AddLine(std::vector<std::string>& excerpt, const std::string& line) {
  if (std::ranges::any_of(excerpt, [&](const auto& other) { return Contains(other, line); })) return;
  std::erase_if(excerpt, [&](const auto& other) { return Contains(line, other); });
  excerpt.push_back(line);
}

std::string ErrorExcerpt(std::string_view output) {
  const std::vector<std::string> lines = Split(output, '\n');
  std::vector<std::string> excerpt;
  bool below_heading = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with(' ')) below_heading = StartsWithOneOf(lines[i], kHeadings);
    const bool names_cause = below_heading || NamesCause(lines[i]) ||
                             (i + 1 < lines.size() && IsLastScriptOutput(lines[i], lines[i + 1]));
    if (names_cause && !lines[i].starts_with(kFetchError)) AddLine(excerpt, CollapseBlanks(lines[i]));
  }
  std::string text = Join(excerpt, " ");
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// " docker-ce | 5:28.5.2-1~debian.12~bookworm | https://download.docker.com/linux/debian bookworm/stable ..."
std::vector<std::string> Versions(std::string_view list, std::string_view package) {
  std::vector<std::string> versions;
  for (const std::string& line : Split(list, '\n')) {
    const auto fields = Split(line, '|');
    if (fields.size() < 3 || Trim(fields[0]) != package) continue;
    std::string version(Trim(fields[1]));
    if (std::ranges::find(versions, version) == versions.end()) versions.push_back(std::move(version));
  }
  return versions;
}

std::string Pinned(const std::string& package, const std::string& version) { return package + "=" + version; }

struct Cause {
  std::string_view phrase;
  const ErrorRow* row;
};

// The first whose phrase occurs: a cause before its effects.
constexpr Cause kFailures[] = {
    {"No space left on device", &errors::kPackagesDiskFull},
    {"enough free space", &errors::kPackagesDiskFull},
    {"is not signed", &errors::kPackagesSignature},
    {"GPG error", &errors::kPackagesSignature},
    {"OpenPGP signature", &errors::kPackagesSignature},
    {"Failed to fetch", &errors::kPackagesUnreachable},
    {"does not have a Release file", &errors::kPackagesUnreachable},
    {"Unable to locate package", &errors::kPackagesNotOffered},
    {"no installation candidate", &errors::kPackagesNotOffered},
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
  for (const Cause& cause : kFailures) {
    if (Contains(excerpt, cause.phrase)) return *cause.row;
  }
  return errors::kPackagesOther;
}

}  // namespace

constinit const PackageManager kApt = {
    .name = "apt",
    .environment = kEnvironment,
    .tool = kTool,
    .refresh = kRefresh,
    .install = kInstall,
    .downgrade = kDowngrade,
    .remove = kRemove,
    .simulate = kSimulate,
    .repair = kRepair,
    .list_installed = kListInstalled,
    .list_manual = kListManual,
    .list_versions = kListVersions,
    // deb-systemd-helper(1p), which docker.io calls on Debian 11 and not from 12 on.
    .removal_masks = "/var/lib/systemd/deb-systemd-helper-masked",
    .classify = Classify,
    .present = Present,
    .half_installed = HalfInstalled,
    .newly_installed = NewlyInstalled,
    .removed = Removed,
    .error_excerpt = ErrorExcerpt,
    .cause = FindCause,
    .versions = Versions,
    .pinned = Pinned,
    .repository_files = AptRepositoryFiles,
    .repository_lists = kSourceLists,
    .has_repository = IsInAptList,
};

}  // namespace dockerext
