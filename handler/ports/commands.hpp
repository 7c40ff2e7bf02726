// SPDX-License-Identifier: MIT
// Runs other programs. A command is an argv, never a shell string; a non-zero exit is data, not an error
// (apt's 100 means something else than dnf's 1). Output goes to memory files, never to a pipe: if this
// process dies, dpkg must not get SIGPIPE.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct Command {
  std::vector<std::string> argv;         // argv[0] absolute
  std::vector<std::string> environment;  // the complete environment, each "NAME=value"
  std::chrono::milliseconds budget = std::chrono::minutes(1);
  // When the budget is used up. Killing a package manager leaves packages half installed, so it is detached.
  enum class WhenLate { kKill, kDetach };
  WhenLate when_late = WhenLate::kKill;
};

struct CommandOutput {
  int exit_code = 0;  // 128 + signal number when killed by a signal
  std::string output;
  std::string errors;
};

class Commands {
 public:
  virtual ~Commands() = default;
  // kNotFound when argv[0] does not exist, kTimeout when the budget is used up.
  virtual Result<CommandOutput> Run(const Command& command) = 0;
};

}  // namespace dockerext
