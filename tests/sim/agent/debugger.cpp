// SPDX-License-Identifier: MIT
#include "tests/sim/agent/debugger.hpp"

#include <unistd.h>

#include <chrono>
#include <string_view>

#include "handler/base/text.hpp"
#include "tests/sim/agent/foreground.hpp"

namespace dockerext::agent_simulator {
namespace {

// Fixed, since a service may lack PATH.
constexpr std::string_view kFolders[] = {"/usr/local/bin", "/usr/bin", "/bin"};

std::string NameOfDebugger(const Debugging& debugging) {
  return debugging.listen.empty() ? "gdb" : "gdbserver";
}

// gdb starts env, which executes the shell, which executes the handler, all in one process.
std::vector<std::string> Debuggee(const Launch& launch) {
  std::vector<std::string> argv = {"/usr/bin/env", "-i", "--chdir=" + launch.folder};
  argv.insert(argv.end(), launch.environment.begin(), launch.environment.end());
  argv.insert(argv.end(), {"/bin/sh", "-c", "exec " + launch.line});
  return argv;
}

}  // namespace

Result<std::string> FindDebugger(const Debugging& debugging) {
  const std::string name = NameOfDebugger(debugging);
  for (const std::string_view folder : kFolders) {
    std::string path = std::string(folder) + "/" + name;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return Error{
      Code::kMissingDependency,
      name + " is not installed on the machine where the handler runs; install it there (apt-get install " +
          name + "), or omit --" + name};
}

std::vector<std::string> DebuggerCommand(const std::string& program, const Launch& launch,
                                         const Debugging& debugging) {
  std::vector<std::string> argv = {program};
  if (debugging.listen.empty()) {
    // --return-child-result: the harness needs the command's exit code, as without gdb.
    argv.insert(argv.end(), {"-q", "--return-child-result", "-iex", "set breakpoint pending on", "-iex",
                             "set confirm off", "--args"});
  } else {
    argv.insert(argv.end(), {"--once", debugging.listen});
  }
  const std::vector<std::string> debuggee = Debuggee(launch);
  argv.insert(argv.end(), debuggee.begin(), debuggee.end());
  return argv;
}

Result<CommandResult> RunInDebugger(const Launch& launch, const Debugging& debugging) {
  TRY_LET(const std::string program, FindDebugger(debugging));
  Foreground foreground(Foreground::OnInterrupt::kLeaveToTheProgram);
  const auto started = std::chrono::steady_clock::now();
  TRY_LET(const int code, foreground.Run(DebuggerCommand(program, launch, debugging)));
  const auto took = std::chrono::steady_clock::now() - started;
  return CommandResult{.exit_code = code,
                       .output = "(the command ran in " + NameOf(program) + ")",
                       .took = std::chrono::duration_cast<std::chrono::milliseconds>(took)};
}

}  // namespace dockerext::agent_simulator
