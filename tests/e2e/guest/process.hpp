// SPDX-License-Identifier: MIT
// Other processes: named by pid and start time (a pid alone may come to mean another one), held as pidfds,
// and run as an argv with everything they say.
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

// kNotFound also for a zombie: it has ended, whether or not somebody collects it.
Result<ProcessId> Identify(pid_t pid);
bool IsAlive(const ProcessId& process);

Result<UniqueFd> OpenPidfd(pid_t pid);  // of a child of ours, which keeps its pid until we collect it

// The pidfd becomes readable when the process ends. kNotFound if it already has.
Result<UniqueFd> OpenProcess(const ProcessId& process);
void SendSignal(const UniqueFd& pidfd, int signal);
bool WaitReadable(int fd, std::chrono::milliseconds budget);

// The exit status as a shell says it: 128 + the signal's number for one that was killed.
int WaitForExit(pid_t child);

struct Command {
  std::vector<std::string> argv;  // argv[0]: a path
  std::string input = {};
  std::chrono::seconds budget{60};  // used up: killed, and an error
  int network_namespace = -1;       // a descriptor: runs in there
};

struct Output {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// An exit code other than 0 is an answer, not an error. Returns when the process itself has ended, even if
// something that it started still holds its output.
Result<Output> Run(const Command& command);

// For commands that have to succeed: an error quotes what they said.
Status RunOrFail(const Command& command);

// In a forked child: its signals as at a program's start.
void ResetSignals();

// And it ends with its parent; false if that is gone already.
bool FollowParent(pid_t parent, int signal);

// Replaces this process; returns (and only then) the exit status of failing to: 126 or 127, said on stderr.
int Exec(const std::vector<std::string>& argv);

}  // namespace dockerext::guest
