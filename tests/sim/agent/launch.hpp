// SPDX-License-Identifier: MIT
// Runs a command as the agent does: by the shell, in its own session, with only /dev/null and two unlinked
// files open; waits only for the shell; kills its process group at the limit.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::agent_simulator {

struct Launch {
  std::string line;    // for `sh -c`
  std::string folder;  // working folder; the two output files are made in it
  std::vector<std::string> environment;
  std::chrono::milliseconds limit;
};

struct CommandResult {
  bool timed_out = false;
  int exit_code = 0;  // as in Python: negative for a signal that ended the shell itself
  std::string output;
  std::chrono::milliseconds took{};
};

Result<CommandResult> RunCommand(const Launch& launch);

// The start of the command's stdout, unchanged, whatever its exit code; for the harness's own commands.
Result<std::string> ReadOutput(const Launch& launch, std::size_t limit);

}  // namespace dockerext::agent_simulator
