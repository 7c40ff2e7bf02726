// SPDX-License-Identifier: MIT
// Time, from outside, so that five minutes of waiting are tested in microseconds.
#pragma once

#include <chrono>

namespace dockerext {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point UtcNow() = 0;
  virtual std::chrono::steady_clock::time_point SteadyNow() = 0;
  // Since this boot, time asleep included (CLOCK_BOOTTIME): the same for every process of the boot.
  virtual std::chrono::milliseconds SinceBoot() = 0;
  virtual void SleepFor(std::chrono::milliseconds pause) = 0;
};

}  // namespace dockerext
