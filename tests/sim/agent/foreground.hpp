// SPDX-License-Identifier: MIT
// Runs other programs so that Ctrl-C, SIGTERM and SIGHUP end them first, and the caller can still clean up.
#pragma once

#include <signal.h>

#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::agent_simulator {

class Foreground {
 public:
  // kLeaveToTheProgram is for debuggers, which handle Ctrl-C themselves: the program gets the terminal.
  enum class OnInterrupt { kEndTheProgram, kLeaveToTheProgram };

  explicit Foreground(OnInterrupt on_interrupt = OnInterrupt::kEndTheProgram);
  ~Foreground();
  Foreground(const Foreground&) = delete;
  Foreground& operator=(const Foreground&) = delete;

  // Returns the exit status, 128 + n for a signal. Looks argv[0] up in PATH; inherits the standard streams.
  Result<int> Run(const std::vector<std::string>& argv);

  // The signal that interrupted Run, or 0.
  int interrupted() const { return interrupted_; }

 private:
  int Wait(pid_t child);

  OnInterrupt on_interrupt_;
  sigset_t waited_{};
  sigset_t before_{};
  int interrupted_ = 0;
};

}  // namespace dockerext::agent_simulator
