// SPDX-License-Identifier: MIT
// The life of one invocation: argv -> verb -> status -> exit code. One short line on stderr when it fails;
// the rest is in the log.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "handler/agent/invocation.hpp"
#include "handler/ports/system.hpp"

namespace dockerext {

struct Process {
  std::vector<std::string> arguments;  // without argv[0]
  Variables variables;                 // the environment it was started with
  std::string program;                 // absolute path of the running binary
  std::string version;                 // what --version prints
  std::ostream& out;
  std::ostream& err;
};

// The exit code: 0, 51 (platform), 52 (dependency), 53 (settings), 56 (package manager locked), 1 (anything
// else), 2 (not understood).
int RunCommandLine(System& system, Process& process);

}  // namespace dockerext
