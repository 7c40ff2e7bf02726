// SPDX-License-Identifier: MIT
// The cgroups of one guest, one in every hierarchy: two guests in one would share nspawn's payload and fight.
// Tried on cgroup v1 with `unified` (hybrid); written for pure v2 too, where it has not been tried.
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
  std::string folder;  // where a process is in it
  bool is_mount_point = false;
  bool is_v2 = false;
};

// From /proc/self/mountinfo and a process's /proc/<pid>/cgroup.
std::vector<Hierarchy> ParseHierarchies(std::string_view mountinfo, std::string_view cgroup);

// Where a guest's cgroups are to be; makes nothing.
Result<std::vector<std::string>> PlanCgroups(const std::string& name);

Status CreateCgroups(const std::vector<std::string>& folders);

// Also of the cgroups below it.
std::vector<pid_t> ProcessesIn(const std::string& folder);

// Ends every process in them, and waits until the last is gone.
Status EndProcessesIn(const std::vector<std::string>& folders);

// With everything below them; without a process in them. What is not there is fine.
Status RemoveCgroups(const std::vector<std::string>& folders);

// The right to enter cgroups, kept across setns; JoinCgroups moves the calling process.
Result<std::vector<UniqueFd>> OpenCgroups(const std::vector<std::string>& folders);
Result<std::vector<UniqueFd>> OpenCgroupsOf(pid_t pid);
Status JoinCgroups(const std::vector<UniqueFd>& cgroups);

}  // namespace dockerext::guest
