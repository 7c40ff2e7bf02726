// SPDX-License-Identifier: MIT
// A handler's command under gdb or gdbserver instead of the agent's plain call: the same program, folder and
// environment, but in the foreground, with this terminal, and for as long as it takes.
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

// The path of the debugger that is asked for; an error says how to get it.
Result<std::string> FindDebugger(const Debugging& debugging);

// The whole argv: `program` is the debugger's path.
std::vector<std::string> DebuggerCommand(const std::string& program, const Launch& launch,
                                         const Debugging& debugging);

// gdb passes the command's exit code on; gdbserver always exits with 0.
Result<CommandResult> RunInDebugger(const Launch& launch, const Debugging& debugging);

}  // namespace dockerext::agent_simulator
