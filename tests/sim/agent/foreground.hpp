// SPDX-License-Identifier: MIT
// Runs other programs so that Ctrl-C, SIGTERM and SIGHUP end them first: whoever holds one of these can still
// clean up behind them.
#pragma once

#include <signal.h>

#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::agent_simulator {

class Foreground {
 public:
  // A debugger wants Ctrl-C for itself: it gets the terminal for as long as it runs.
  enum class OnInterrupt { kEndTheProgram, kLeaveToTheProgram };

  explicit Foreground(OnInterrupt on_interrupt = OnInterrupt::kEndTheProgram);
  ~Foreground();
  Foreground(const Foreground&) = delete;
  Foreground& operator=(const Foreground&) = delete;

  // The exit status, 128 + n for a signal. argv[0] is looked up in PATH; the three standard streams are ours.
  Result<int> Run(const std::vector<std::string>& argv);

  // The signal that asked us to end, or 0.
  int interrupted() const { return interrupted_; }

 private:
  int Wait(pid_t child);

  OnInterrupt on_interrupt_;
  sigset_t waited_{};
  sigset_t before_{};
  int interrupted_ = 0;
};

}  // namespace dockerext::agent_simulator
