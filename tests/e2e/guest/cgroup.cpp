// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/cgroup.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBudget{10};
constexpr std::chrono::milliseconds kPause{10};

// One cgroup file system of /proc/self/mountinfo.
struct Mount {
  std::string root;
  std::string mount_point;
  bool is_v2 = false;
  std::vector<std::string> options;
};

// "36 35 0:31 ROOT MOUNT_POINT OPTIONS [TAGS...] - TYPE SOURCE SUPER_OPTIONS"
std::optional<Mount> ParseMount(std::string_view line) {
  const auto separator = line.find(" - ");
  if (separator == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> before = Split(line.substr(0, separator), ' ');
  const std::vector<std::string> after = Split(line.substr(separator + 3), ' ');
  if (before.size() < 5 || after.size() < 3) return std::nullopt;
  if (after[0] != "cgroup" && after[0] != "cgroup2") return std::nullopt;
  return Mount{before[3], before[4], after[0] == "cgroup2", Split(after[2], ',')};
}

std::vector<Mount> ParseMounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  for (const std::string& line : Split(mountinfo, '\n')) {
    if (auto mount = ParseMount(line)) mounts.push_back(*std::move(mount));
  }
  return mounts;
}

// `controllers`: the middle of a line of /proc/<pid>/cgroup: "cpu,cpuacct", "name=systemd", nothing for v2.
bool Serves(const Mount& mount, const std::string& controllers) {
  if (controllers.empty()) return mount.is_v2;
  const std::string first = Split(controllers, ',').front();
  return !mount.is_v2 && std::ranges::find(mount.options, first) != mount.options.end();
}

std::string FolderIn(const Mount& mount, std::string path) {
  if (mount.root != "/" && path.starts_with(mount.root)) path.erase(0, mount.root.size());
  return path == "/" ? mount.mount_point : mount.mount_point + path;
}

// v1: a cpuset without CPUs and memory nodes rejects processes.
Status CopyCpuset(const std::string& folder) {
  for (const std::string file : {"/cpuset.cpus", "/cpuset.mems"}) {
    const Result<std::string> parents = ReadText(ParentOf(folder) + file);
    if (!parents.ok() || access((folder + file).c_str(), F_OK) != 0) continue;
    TRY(WriteText(folder + file, *parents));
  }
  return {};
}

// The folder and all folders below it, deepest first.
std::vector<std::string> TreeOf(const std::string& folder) {
  std::vector<std::string> folders{folder};
  std::error_code error;
  for (fs::recursive_directory_iterator item(folder, error), end; !error && item != end;
       item.increment(error)) {
    std::error_code unreadable;
    if (item->is_directory(unreadable)) folders.push_back(item->path().string());
  }
  std::ranges::sort(folders, std::ranges::greater{}, &std::string::size);
  return folders;
}

// The pid may have been reused since it was read, so its cgroup is checked again.
void EndMember(pid_t pid, const std::string& cgroup) {
  const Result<UniqueFd> pidfd = OpenPidfd(pid);
  if (!pidfd.ok()) return;
  const Result<std::string> member_of = ReadText("/proc/" + std::to_string(pid) + "/cgroup");
  if (member_of.ok() && member_of->find(NameOf(cgroup)) != std::string::npos) SendSignal(*pidfd, SIGKILL);
}

// False if there was a process.
bool EndOnce(const std::vector<std::string>& folders) {
  bool empty = true;
  for (const std::string& folder : folders) {
    for (const pid_t pid : ProcessesIn(folder)) {
      empty = false;
      EndMember(pid, folder);
    }
  }
  return empty;
}

bool RemoveOnce(const std::string& folder) {
  for (const std::string& cgroup : TreeOf(folder)) rmdir(cgroup.c_str());
  return access(folder.c_str(), F_OK) != 0;
}

}  // namespace

std::vector<Hierarchy> ParseHierarchies(std::string_view mountinfo, std::string_view cgroup) {
  const std::vector<Mount> mounts = ParseMounts(mountinfo);
  std::vector<Hierarchy> hierarchies;
  for (const std::string& line : Split(cgroup, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const auto mount = std::ranges::find_if(mounts, [&](const Mount& m) { return Serves(m, controllers); });
    if (mount == mounts.end()) continue;
    std::string folder = FolderIn(*mount, line.substr(second + 1));
    const bool is_mount_point = folder == mount->mount_point;
    hierarchies.push_back({std::move(folder), is_mount_point, mount->is_v2});
  }
  return hierarchies;
}

Result<std::vector<std::string>> PlanCgroups(const std::string& name) {
  TRY_LET(const std::string mountinfo, ReadText("/proc/self/mountinfo"));
  TRY_LET(const std::string cgroup, ReadText("/proc/self/cgroup"));
  std::vector<std::string> folders;
  for (const Hierarchy& hierarchy : ParseHierarchies(mountinfo, cgroup)) {
    // v2: a sibling, not a child, because a cgroup with processes cannot delegate controllers to its
    // children.
    const bool sibling = hierarchy.is_v2 && !hierarchy.is_mount_point;
    folders.push_back((sibling ? ParentOf(hierarchy.folder) : hierarchy.folder) + "/docker-extension-guest-" +
                      name);
  }
  if (folders.empty()) return Error{Code::kMissingDependency, "a guest needs cgroups: mount /sys/fs/cgroup"};
  return folders;
}

Status CreateCgroups(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
      return ErrnoError("creating the cgroup " + Quoted(folder));
    }
    TRY(CopyCpuset(folder));
  }
  return {};
}

std::vector<pid_t> ProcessesIn(const std::string& folder) {
  std::vector<pid_t> pids;
  for (const std::string& cgroup : TreeOf(folder)) {
    const Result<std::string> procs = ReadText(cgroup + "/cgroup.procs");
    if (!procs.ok()) continue;
    for (const std::string& line : Split(*procs, '\n')) {
      const auto pid = ParseUnsigned(line);
      if (pid && *pid > 0) pids.push_back(static_cast<pid_t>(*pid));
    }
  }
  return pids;
}

Status EndProcessesIn(const std::vector<std::string>& folders) {
  const auto deadline = Clock::now() + kBudget;
  while (!EndOnce(folders)) {
    if (Clock::now() > deadline) {
      return Error{Code::kTimeout, "processes in " + Quoted(folders.front()) + " do not exit after SIGKILL"};
    }
    std::this_thread::sleep_for(kPause);
  }
  return {};
}

Status RemoveCgroups(const std::vector<std::string>& folders) {
  const auto deadline = Clock::now() + kBudget;
  for (const std::string& folder : folders) {
    while (!RemoveOnce(folder)) {
      if (Clock::now() > deadline)
        return Error{Code::kTimeout, "the cgroup " + Quoted(folder) + " cannot be removed: it stays busy"};
      std::this_thread::sleep_for(kPause);
    }
  }
  return {};
}

Result<std::vector<UniqueFd>> OpenCgroups(const std::vector<std::string>& folders) {
  std::vector<UniqueFd> cgroups;
  for (const std::string& folder : folders) {
    TRY_LET(UniqueFd fd, Open(folder + "/cgroup.procs", O_WRONLY));
    cgroups.push_back(std::move(fd));
  }
  return cgroups;
}

Result<std::vector<UniqueFd>> OpenCgroupsOf(pid_t pid) {
  TRY_LET(const std::string mountinfo, ReadText("/proc/self/mountinfo"));
  TRY_LET(const std::string cgroup, ReadText("/proc/" + std::to_string(pid) + "/cgroup"));
  std::vector<std::string> folders;
  for (Hierarchy& hierarchy : ParseHierarchies(mountinfo, cgroup))
    folders.push_back(std::move(hierarchy.folder));
  return OpenCgroups(folders);
}

Status JoinCgroups(const std::vector<UniqueFd>& cgroups) {
  for (const UniqueFd& cgroup : cgroups) TRY(WriteAll(cgroup.get(), "0").Context("joining a cgroup"));
  return {};
}

}  // namespace dockerext::guest
