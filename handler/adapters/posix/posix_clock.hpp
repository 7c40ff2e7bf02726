// SPDX-License-Identifier: MIT
// Implements Clock with the machine's clocks.
#pragma once

#include "handler/ports/clock.hpp"

namespace dockerext {

class PosixClock : public Clock {
 public:
  std::chrono::system_clock::time_point UtcNow() override;
  std::chrono::steady_clock::time_point SteadyNow() override;
  std::chrono::milliseconds SinceBoot() override;
  void SleepFor(std::chrono::milliseconds pause) override;
};

}  // namespace dockerext
