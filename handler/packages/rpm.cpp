// SPDX-License-Identifier: MIT
#include "handler/packages/rpm.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/packages/output.hpp"

namespace dockerext {
namespace {

// "runc.x86_64" -> "runc"; names may have dots of their own.
std::string WithoutArchitecture(const std::string& name) {
  for (const std::string_view arch : {".x86_64", ".aarch64", ".noarch", ".i686"}) {
    if (name.ends_with(arch)) return name.substr(0, name.size() - arch.size());
  }
  return name;
}

// An epoch of 0 is none.
std::string_view WithoutZeroEpoch(std::string_view version) {
  return version.starts_with("0:") ? version.substr(2) : version;
}

constexpr std::string_view kInstalling = "Installing";
constexpr std::string_view kDowngrading = "Downgrading";
constexpr std::string_view kRemovals[] = {"Removing", "Obsoleting"};

// The first whose phrase occurs: a cause before its effects.
constexpr PhraseOfCause kFailures[] = {
    {"No space left on device", &errors::kPackagesDiskFull},
    {"more space on the", &errors::kPackagesDiskFull},  // rpm, before it begins
    {"more space needed on the", &errors::kPackagesDiskFull},
    {"unpacking of archive failed", &errors::kPackagesDiskFull},        // rpm, in the middle
    {"GPG signature verification error", &errors::kPackagesSignature},  // of an index
    {"is not signed", &errors::kPackagesSignature},
    {"not signed", &errors::kPackagesSignature},
    {"GPG check FAILED", &errors::kPackagesSignature},
    {"Signature verification", &errors::kPackagesSignature},
    {"public key", &errors::kPackagesSignature},
    {"Public key", &errors::kPackagesSignature},
    {"File is unsigned", &errors::kPackagesSignature},
    {"failed to match with known keys", &errors::kPackagesSignature},
    {"excluded packages", &errors::kPackagesConflict},  // dnf5
    {"filtered out by exclude", &errors::kPackagesConflict},
    {"has lower version than the installed one", &errors::kPackagesOlder},  // zypper
    {"conflicts with", &errors::kPackagesConflict},
    {"nothing provides", &errors::kPackagesNotOffered},
    {"conflicting requests", &errors::kPackagesConflict},
    {"goal found no solutions", &errors::kPackagesConflict},
    {"Failed to download metadata", &errors::kPackagesUnreachable},
    {"incorrect checksum", &errors::kPackagesDamaged},        // dnf, of a local repository
    {"checksum doesn't match", &errors::kPackagesDamaged},    // dnf
    {"Inconsistent server data", &errors::kPackagesDamaged},  // dnf: of another size
    {"Status code: 404", &errors::kPackagesDamaged},
    {"not found on medium", &errors::kPackagesDamaged},        // zypper
    {"corrupted during transfer", &errors::kPackagesDamaged},  // zypper
    {"Curl error", &errors::kPackagesUnreachable},
    {"curl", &errors::kPackagesUnreachable},
    {"Failed to synchronize cache", &errors::kPackagesUnreachable},
    {"Cannot download", &errors::kPackagesUnreachable},
    {"Valid metadata not found", &errors::kPackagesUnreachable},
    {"Could not resolve", &errors::kPackagesUnreachable},
    {"Unable to find a match", &errors::kPackagesNotOffered},
    {"No match for argument", &errors::kPackagesNotOffered},
    {"No provider of", &errors::kPackagesNotOffered},
    {"No matching packages", &errors::kPackagesNotOffered},
    {"scriptlet", &errors::kPackagesBroken},
    {"Malformed lock file", &errors::kPackagesBroken},
};

}  // namespace

std::vector<std::string> RpmVersions(std::string_view list, std::string_view package, std::string_view) {
  std::vector<std::string> versions;
  for (const std::string& line : Split(list, '\n')) {
    const auto words = WordsOf(line);
    if (words.size() != 2 || words[0] != package) continue;
    if (std::ranges::find(versions, words[1]) == versions.end()) versions.push_back(words[1]);
  }
  std::ranges::reverse(versions);
  return versions;
}

std::string RpmPinned(const std::string& package, const std::string& version) {
  return package + "-" + std::string(WithoutZeroEpoch(version));
}

// A version begins with a digit; what has none is not pinned.
std::string RpmUnpinned(const std::string& name) {
  const auto release = name.rfind('-');
  const auto version =
      release == 0 || release == std::string::npos ? std::string::npos : name.rfind('-', release - 1);
  const bool is_pinned = version != std::string::npos && name[version + 1] >= '0' && name[version + 1] <= '9';
  return is_pinned ? name.substr(0, version) : name;
}

std::vector<InstalledPackage> RpmInstalled(std::string_view list) {
  std::vector<InstalledPackage> packages;
  std::map<std::string, std::pair<std::uint64_t, std::string>> latest;  // and its version
  for (const std::string& line : Split(list, '\n')) {
    const auto words = WordsOf(line);
    if (words.size() != 3) continue;
    packages.push_back({words[0], std::string(WithoutZeroEpoch(words[1]))});
    auto& known = latest[words[0]];
    known = std::max(known, {ParseUnsigned(words[2]).value_or(0), packages.back().version});
  }
  for (InstalledPackage& package : packages)
    package.is_whole = package.version == latest[package.name].second;
  return packages;
}

// " docker-ce  x86_64  3:28.5.2-1.el9  docker-ce-stable  21 M" below a heading, and under it what it
// replaces: "     replacing  runc.x86_64 4:1.1.12-2.el9". dnf5 says "replacing" of the older version of the
// same package, too.
Transaction ReadTransactionTable(std::string_view simulation) {
  Transaction transaction;
  std::string heading;
  std::string package;
  for (const std::string& line : Split(simulation, '\n')) {
    const auto words = WordsOf(line);
    const bool is_heading = line.ends_with(':') && !line.starts_with(' ');
    if (is_heading || words.empty()) heading = is_heading ? line : "";
    if (is_heading || heading.empty() || words.size() < 3) continue;
    if (words[0] == "replacing") {
      const std::string replaced = WithoutArchitecture(words[1]);
      if (replaced != package) transaction.removed.push_back(replaced);
      continue;
    }
    package = words[0];
    if (heading.starts_with(kInstalling)) transaction.installed.push_back(package);
    if (StartsWithOneOf(heading, kRemovals)) transaction.removed.push_back(package);
    if (heading.starts_with(kDowngrading)) transaction.downgraded.push_back(package);
  }
  return transaction;
}

std::vector<std::string> RpmKeptLists(const std::vector<RepositoryFile>&) {
  return {"/var/cache/dnf/docker-extension*", "/var/cache/libdnf5/docker-extension*",
          "/var/cache/tdnf/docker-extension*", "/var/cache/zypp/*/docker-extension*"};
}

const ErrorRow& RpmCause(std::string_view excerpt) { return FirstCause(kFailures, excerpt); }

}  // namespace dockerext
