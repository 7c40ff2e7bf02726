// SPDX-License-Identifier: MIT
#include <array>

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

// DPkg::Lock::Timeout covers dpkg's locks alone; the lists' and the archives' fail at once, and our own loop
// waits.
constexpr std::string_view kTool[] = {"/usr/bin/apt-get",
                                      "-q",
                                      "-y",
                                      "-o",
                                      "DPkg::Lock::Timeout=20",
                                      "-o",
                                      "Acquire::Retries=3",
                                      "-o",
                                      "Dpkg::Use-Pty=0",
                                      "-o",
                                      "Dpkg::Options::=--force-confdef",
                                      "-o",
                                      "Dpkg::Options::=--force-confold"};
constexpr std::string_view kRefresh[] = {"update"};
constexpr std::string_view kInstall[] = {"--no-install-recommends", "install"};
constexpr std::string_view kRemove[] = {"remove"};
constexpr std::string_view kSimulate[] = {"--simulate"};
constexpr std::string_view kRepair[] = {"/usr/bin/dpkg", "--force-confdef", "--force-confold", "--configure",
                                        "-a"};
constexpr std::string_view kListInstalled[] = {"/usr/bin/dpkg-query", "-W", "-f",
                                               "${db:Status-Abbrev}${Package}\\n"};

bool Says(std::string_view words, std::string_view phrase) {
  return words.find(phrase) != std::string_view::npos;
}

PackageOutcome Judge(int exit_code, std::string_view words) {
  if (exit_code == 0) return PackageOutcome::kDone;
  for (const char* phrase : {"Could not get lock", "Unable to acquire the dpkg frontend lock",
                             "Unable to lock", "frontend lock was locked by another process"}) {
    if (Says(words, phrase)) return PackageOutcome::kLocked;
  }
  if (Says(words, "dpkg was interrupted")) return PackageOutcome::kInterrupted;
  return PackageOutcome::kFailed;
}

// "ii docker.io": "rc", removed with its configuration left, is not installed.
std::vector<std::string> Installed(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string& line : Split(list, '\n')) {
    if (line.starts_with("ii ")) names.emplace_back(Trim(std::string_view(line).substr(3)));
  }
  return names;
}

// "Inst docker.io (20.10.24 Debian:12/stable [amd64])" is new; "Inst foo [1.0] (1.1 ...)" is an upgrade.
std::vector<std::string> NewlyInstalled(std::string_view simulation) {
  std::vector<std::string> names;
  for (const std::string& line : Split(simulation, '\n')) {
    const auto words = Split(line, ' ');
    if (words.size() > 2 && words[0] == "Inst" && words[2].starts_with('(')) names.push_back(words[1]);
  }
  return names;
}

// "Remv docker.io [20.10.24]"
std::vector<std::string> Removed(std::string_view simulation) {
  std::vector<std::string> names;
  for (const std::string& line : Split(simulation, '\n')) {
    const auto words = Split(line, ' ');
    if (words.size() > 1 && words[0] == "Remv") names.push_back(words[1]);
  }
  return names;
}

std::string Complaint(std::string_view words) {
  std::string complaint;
  for (const std::string& line : Split(words, '\n')) {
    if (line.starts_with("E: ") || line.starts_with("dpkg: error")) {
      complaint += (complaint.empty() ? "" : " ") + std::string(Trim(line));
    }
  }
  return complaint;
}

}  // namespace

constinit const PackageManager kApt = {
    .name = "apt",
    .environment = kEnvironment,
    .tool = kTool,
    .refresh = kRefresh,
    .install = kInstall,
    .remove = kRemove,
    .simulate = kSimulate,
    .repair = kRepair,
    .list_installed = kListInstalled,
    .judge = Judge,
    .installed = Installed,
    .newly_installed = NewlyInstalled,
    .removed = Removed,
    .complaint = Complaint,
};

}  // namespace dockerext
