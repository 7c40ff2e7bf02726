// SPDX-License-Identifier: MIT
// What the managers of rpm packages have in common. Private to this room.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "handler/packages/output.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {

inline constexpr std::string_view kRpmEnvironment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8"};
inline constexpr std::string_view kRpmListInstalled[] = {"/usr/bin/rpm", "-qa", "--queryformat",
                                                         "%{NAME} %{EVR} %{DBINSTANCE}\\n"};
inline constexpr std::string_view kYumRepositoryLists[] = {"/etc/yum.repos.d/*.repo"};
inline constexpr std::string_view kRpmListKeys[] = {"/usr/bin/rpm", "-q", "gpg-pubkey"};
inline constexpr std::string_view kRpmImportKey[] = {"/usr/bin/rpm", "--import", kRpmKeyFile};
inline constexpr std::string_view kRpmErase[] = {"/usr/bin/rpm", "-e"};

// Of whichever database folder this rpm has.
inline constexpr std::string_view kRpmLock = "/var/lib/rpm/.rpm.lock";
inline constexpr std::string_view kRpmSysimageLock = "/usr/lib/sysimage/rpm/.rpm.lock";

// "docker-ce 3:28.5.2-1.el9" a line, the oldest first as the managers sort them.
std::vector<std::string> RpmVersions(std::string_view list, std::string_view package,
                                     std::string_view repository);
// "docker-ce-3:28.5.2-1.el9", and the name of that again; a name ends before its last two "-".
std::string RpmPinned(const std::string& package, const std::string& version);
std::string RpmUnpinned(const std::string& name);

// "docker-ce 3:28.5.2-1.el9 417" a line: the last is rpm's number of it, which grows whatever the clock says.
std::vector<InstalledPackage> RpmInstalled(std::string_view list);

// The table of dnf, dnf5 and tdnf under headings such as "Installing:" and "Removing dependent packages:".
Transaction ReadTransactionTable(std::string_view simulation);

// The caches of dnf, dnf5, tdnf and zypper, which name them after the repository.
std::vector<std::string> RpmKeptLists(const std::vector<RepositoryFile>& files);

// rpm's own words, and those of its managers.
const ErrorRow& RpmCause(std::string_view excerpt);

// What is the same for most of them.
constexpr PackageManager OfRpm() {
  return {.format = "rpm",
          .environment = kRpmEnvironment,
          .reinstalls_interrupted = true,
          .erase = kRpmErase,
          .list_installed = kRpmListInstalled,
          .repository_option = "--repo=",
          .transaction = ReadTransactionTable,
          .installed = RpmInstalled,
          .manual = NamesInLines,
          .cause = RpmCause,
          .versions = RpmVersions,
          .pinned = RpmPinned,
          .unpinned = RpmUnpinned,
          .upstream_path = "/{major}/$basearch/{channel}",
          .repository_files = DnfRepositoryFiles,
          .kept_lists = RpmKeptLists,
          .repository_lists = kYumRepositoryLists,
          .find = FindInRepoFile,
          .list_keys = kRpmListKeys,
          .import_key = kRpmImportKey,
          .forget_keys = kRpmErase};
}

}  // namespace dockerext
