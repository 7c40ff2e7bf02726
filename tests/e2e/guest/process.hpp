// SPDX-License-Identifier: MIT
// Processes: identified by pid and start time, since a pid alone may be reused; held as pidfds; run as an
// argv with captured output.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"

namespace dockerext::guest {

struct ProcessId {
  pid_t pid = 0;  // 0: none
  std::uint64_t start_time = 0;
  friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

// kNotFound also for a zombie: it has exited, whether or not it has been reaped.
Result<ProcessId> Identify(pid_t pid);
bool IsAlive(const ProcessId& process);

Result<UniqueFd> OpenPidfd(pid_t pid);  // of a child of this process, which keeps its pid until it is reaped

// The pidfd becomes readable when the process ends. kNotFound if it already has.
Result<UniqueFd> OpenProcess(const ProcessId& process);
void SendSignal(const UniqueFd& pidfd, int signal);
bool WaitReadable(int fd, std::chrono::milliseconds budget);

// The exit status as a shell reports it: 128 + the signal number for a killed process.
int WaitForExit(pid_t child);

struct Command {
  std::vector<std::string> argv;  // argv[0]: a path
  std::string input = {};
  std::chrono::seconds budget{60};  // when exceeded: killed, and an error
  int network_namespace = -1;       // a descriptor: runs in that namespace
};

struct Output {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// A non-zero exit code is a result, not an error. Returns when the process itself has exited, even if a
// descendant still holds its output open.
Result<Output> Run(const Command& command);

// For commands that have to succeed: the error quotes their output.
Status RunOrFail(const Command& command);

// For a forked child: resets signals to their defaults.
void ResetSignals();

// Resets signals and has the child killed with its parent; false if the parent has already exited.
bool FollowParent(pid_t parent, int signal);

// Replaces this process. Returns only on failure: exit status 126 or 127, with the reason on stderr.
int Exec(const std::vector<std::string>& argv);

}  // namespace dockerext::guest
