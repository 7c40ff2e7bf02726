// SPDX-License-Identifier: MIT
// One boot of a guest: systemd-nspawn with the guest's root, network and cgroups, and what it reports.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// What nspawn exits with when the guest asks for a reboot.
constexpr int kRebootStatus = 133;

// Says in one sentence what this machine lacks for a guest.
Status CheckMachine();

// The socket that nspawn reports to.
Result<UniqueFd> ListenForNotifications();

struct Notification {
  pid_t leader = 0;  // as nspawn counts, in its own PID namespace
  bool ready = false;
};
Notification ParseNotification(std::string_view text);

// Ends with the calling process, and everything in the guest with it.
Result<pid_t> StartNspawn(const Entry& entry);

// The guest's PID 1 as this machine counts.
Result<ProcessId> FindLeader(const Entry& entry, pid_t named_by_nspawn);

// Where an error shows what the guest said last.
std::string EndOfConsole(const Entry& entry);

}  // namespace dockerext::guest
