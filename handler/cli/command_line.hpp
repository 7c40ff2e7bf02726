// SPDX-License-Identifier: MIT
// Runs one invocation: argv -> verb -> status -> exit code. A failure is one line on stderr; details go to
// the log.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "handler/agent/invocation.hpp"
#include "handler/cli/line_writer.hpp"
#include "handler/ports/system.hpp"

namespace dockerext {

struct Process {
  std::vector<std::string> arguments;  // without argv[0]
  Variables variables;                 // the environment of the process
  std::string program;                 // absolute path of the running binary
  std::string version;                 // what --version prints
  LineWriter out;
  LineWriter err;
  // Of a file that the caller names: to its end, waiting for whoever writes into a pipe.
  std::function<Result<std::string>(const std::string& path)> read;
};

// Returns the exit code: 0, 51 (platform), 52 (dependency), 53 (settings), 56 (package manager locked), 1
// (any other error), 2 (invalid command line).
int RunCommandLine(System& system, Process& process);

}  // namespace dockerext
