// SPDX-License-Identifier: MIT
// Runs a handler's command under gdb or gdbserver: the same program, folder and environment as in the agent's
// call, but in the foreground, with this terminal and without a time limit.
#pragma once

#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "tests/sim/agent/launch.hpp"

namespace dockerext::agent_simulator {

struct Debugging {
  std::string command;  // "enable": which of the handler's commands; empty: none
  std::string listen;   // HOST:PORT for gdbserver; empty: gdb
};

// The path of the selected debugger, or an error with how to install it.
Result<std::string> FindDebugger(const Debugging& debugging);

// The complete argv; `program` is the debugger's path.
std::vector<std::string> DebuggerCommand(const std::string& program, const Launch& launch,
                                         const Debugging& debugging);

// gdb returns the command's exit code; gdbserver always exits with 0.
Result<CommandResult> RunInDebugger(const Launch& launch, const Debugging& debugging);

}  // namespace dockerext::agent_simulator
