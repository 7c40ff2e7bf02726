// SPDX-License-Identifier: MIT
// One boot of a guest: runs systemd-nspawn with the guest's root, network and cgroups, and reads its
// notifications.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// The exit status of nspawn when the guest reboots.
constexpr int kRebootStatus = 133;

// Fails if this machine lacks something that a guest needs.
Status CheckMachine();

// The notification socket of nspawn.
Result<UniqueFd> ListenForNotifications();

struct Notification {
  pid_t leader = 0;  // as numbered in the PID namespace of nspawn
  bool ready = false;
};
Notification ParseNotification(std::string_view text);

// nspawn and the whole guest are killed with the calling process.
Result<pid_t> StartNspawn(const Entry& entry);

// The guest's PID 1, as numbered on this machine.
Result<ProcessId> FindLeader(const Entry& entry, pid_t named_by_nspawn);

// The last console output of the guest, for an error message.
std::string ConsoleTail(const Entry& entry);

}  // namespace dockerext::guest
