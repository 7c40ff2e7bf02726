// SPDX-License-Identifier: MIT
// Starts a command as the agent does: by the shell, in a session of its own, with nothing open
// but /dev/null and two unlinked files; waits for the shell alone; kills its process group at the limit.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::agent_simulator {

struct Launch {
  std::string line;    // what `sh -c` gets
  std::string folder;  // working folder; the two output files are made in it
  std::vector<std::string> environment;
  std::chrono::milliseconds limit;
};

struct CommandResult {
  bool timed_out = false;
  int exit_code = 0;  // Python's: negative for a signal that ended the shell itself
  std::string output;
  std::chrono::milliseconds took{};
};

Result<CommandResult> RunCommand(const Launch& launch);

// The start of its stdout as it is, whatever its exit code; for commands of the harness's own.
Result<std::string> ReadOutput(const Launch& launch, std::size_t limit);

}  // namespace dockerext::agent_simulator
