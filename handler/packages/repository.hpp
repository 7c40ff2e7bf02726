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

// Where repository_files puts the key for rpm.
inline constexpr std::string_view kRpmKeyFile = "/etc/pki/rpm-gpg/RPM-GPG-KEY-docker-extension";

// deb822 with Signed-By, and the key that it names.
std::vector<RepositoryFile> AptRepositoryFiles(const Repository& repository);
// Whether a file of apt's list (sources.list(5), of either format) has an enabled source of packages with the
// URL and suite of `repository`.
bool IsInAptList(std::string_view path, std::string_view text, const Repository& repository);

// Repositories that dnf, dnf5 and tdnf read, and the one that zypper reads; and the key that they name.
std::vector<RepositoryFile> DnfRepositoryFiles(const Repository& repository);
std::vector<RepositoryFile> ZypperRepositoryFiles(const Repository& repository);
// Whether a .repo file has an enabled repository with the URL of `repository`; $releasever and $basearch
// count as whatever stands there.
bool IsInRepoFile(std::string_view path, std::string_view text, const Repository& repository);

}  // namespace dockerext
