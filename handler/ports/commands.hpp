// SPDX-License-Identifier: MIT
// Other programs. A command is an argv, never a shell string; a non-zero exit is data, not an error (apt's
// 100 means something else than dnf's 1). Output goes to memory files, never to a pipe of ours: our death
// must not reach dpkg as SIGPIPE.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct Command {
  std::vector<std::string> argv;         // argv[0] absolute
  std::vector<std::string> environment;  // the whole of it, "NAME=value"
  std::chrono::milliseconds budget = std::chrono::minutes(1);
  // A package manager must not be killed in the middle: when its budget is used up it is left running.
  enum class WhenLate { kKill, kDetach };
  WhenLate when_late = WhenLate::kKill;
};

struct CommandOutput {
  int exit_code = 0;  // 128 + signal when killed by one
  std::string output;
  std::string errors;
};

class Commands {
 public:
  virtual ~Commands() = default;
  // kNotFound when argv[0] is not there, kTimeout when the budget is used up.
  virtual Result<CommandOutput> Run(const Command& command) = 0;
};

}  // namespace dockerext
