// SPDX-License-Identifier: MIT
// A package repository that the extension adds to a machine, and the files that make it known there. Pure:
// nothing here reads or writes a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct Repository {
  std::string url;        // of the folder that has dists/ (apt) or repodata/ (rpm)
  std::string suite;      // apt: the release's codename
  std::string component;  // apt: the channel
  std::string key;        // armored OpenPGP: the only one that may sign it

  friend bool operator==(const Repository&, const Repository&) = default;
};

struct RepositoryFile {
  std::string path;
  std::string text;

  friend bool operator==(const RepositoryFile&, const RepositoryFile&) = default;
};

// A repository in a file of a manager's.
struct ListedRepository {
  std::string identifier;  // as the manager's list of versions knows it; empty: not there, or not enabled
  std::string unchecked;   // the setting by which its packages' signatures are not checked, if there is one
};

// Where repository_files puts the key for rpm.
inline constexpr std::string_view kRpmKeyFile = "/etc/pki/rpm-gpg/RPM-GPG-KEY-docker-extension";

// deb822 with Signed-By, and the key that it names.
std::vector<RepositoryFile> AptRepositoryFiles(const Repository& repository);
// Of apt's lists (sources.list(5), of either format): a source of packages with the URL and suite of
// `repository`. Its URL is its identifier.
ListedRepository FindInAptList(std::string_view path, std::string_view text, const Repository& repository);
// The lists below /var/lib/apt/lists of the source in a file that AptRepositoryFiles made.
std::vector<std::string> AptKeptLists(const std::vector<RepositoryFile>& files);
// Whether the two are one for apt, which prints "file:///srv/docker/" as "file:/srv/docker".
bool IsSameAptUrl(std::string_view one, std::string_view other);

// Repositories that dnf, dnf5 and tdnf read, and the one that zypper reads; and the key that they name.
std::vector<RepositoryFile> DnfRepositoryFiles(const Repository& repository);
std::vector<RepositoryFile> ZypperRepositoryFiles(const Repository& repository);
// The section of a .repo file that is an enabled repository with the URL of `repository`. $releasever and
// $basearch count as whatever stands there.
ListedRepository FindInRepoFile(std::string_view path, std::string_view text, const Repository& repository);

}  // namespace dockerext
