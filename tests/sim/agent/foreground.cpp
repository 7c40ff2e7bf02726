// SPDX-License-Identifier: MIT
#include "tests/sim/agent/foreground.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr int kSignalBase = 128;
constexpr int kExecFailed = 127;

// A process group in the background may do this only with SIGTTOU blocked.
void GiveTerminalTo(pid_t group) {
  if (isatty(STDIN_FILENO) == 0) return;
  sigset_t stop;
  sigset_t before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTTOU);
  sigprocmask(SIG_BLOCK, &stop, &before);
  (void)tcsetpgrp(STDIN_FILENO, group);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

int ShellExitCode(int status) {
  return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Foreground::Foreground(OnInterrupt on_interrupt) : on_interrupt_(on_interrupt) {
  sigemptyset(&waited_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&waited_, signal);
  sigprocmask(SIG_BLOCK, &waited_, &before_);
}

Foreground::~Foreground() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

int Foreground::Wait(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    const int signal = sigwaitinfo(&waited_, nullptr);
    if (signal <= 0 || signal == SIGCHLD) continue;
    interrupted_ = signal;
    kill(child, SIGTERM);
  }
  return ShellExitCode(status);
}

Result<int> Foreground::Run(const std::vector<std::string>& argv) {
  std::vector<std::string> args = argv;
  std::vector<char*> pointers;
  for (std::string& arg : args) pointers.push_back(arg.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return contract::SystemError("starting " + Quoted(argv.front()));
  const bool lends_terminal = on_interrupt_ == OnInterrupt::kLeaveToTheProgram;
  if (child == 0) {
    // In its own process group: inside a guest's PID namespace the harness's group has no ID, so gdb could
    // not give the terminal back to it.
    if (lends_terminal && setpgid(0, 0) == 0) GiveTerminalTo(getpid());
    sigprocmask(SIG_SETMASK, &before_, nullptr);
    execvp(pointers.front(), pointers.data());
    _exit(kExecFailed);
  }
  const int code = Wait(child);
  if (lends_terminal) GiveTerminalTo(getpgrp());
  return code;
}

}  // namespace dockerext::agent_simulator
