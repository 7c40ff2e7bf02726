// SPDX-License-Identifier: MIT
// The cgroups of one guest, one in every hierarchy, since two guests in one cgroup would share nspawn's
// payload cgroup. Tested on cgroup v1 with `unified` (hybrid); pure v2 is supported but untested.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"

namespace dockerext::guest {

struct Hierarchy {
  std::string folder;  // the folder of the process's cgroup
  bool is_mount_point = false;
  bool is_v2 = false;
};

// From /proc/self/mountinfo and a process's /proc/<pid>/cgroup.
std::vector<Hierarchy> ParseHierarchies(std::string_view mountinfo, std::string_view cgroup);

// The paths of a guest's cgroups. Creates nothing.
Result<std::vector<std::string>> PlanCgroups(const std::string& name);

Status CreateCgroups(const std::vector<std::string>& folders);

// Includes the cgroups below it.
std::vector<pid_t> ProcessesIn(const std::string& folder);

// Kills every process in them and waits until all have exited.
Status EndProcessesIn(const std::vector<std::string>& folders);

// Removes them and everything below. They must hold no process. A missing cgroup is not an error.
Status RemoveCgroups(const std::vector<std::string>& folders);

// Opens cgroups so that they can be joined after setns. JoinCgroups moves the calling process.
Result<std::vector<UniqueFd>> OpenCgroups(const std::vector<std::string>& folders);
Result<std::vector<UniqueFd>> OpenCgroupsOf(pid_t pid);
Status JoinCgroups(const std::vector<UniqueFd>& cgroups);

}  // namespace dockerext::guest
