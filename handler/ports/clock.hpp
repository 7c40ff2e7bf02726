// SPDX-License-Identifier: MIT
// Time as a port, so that a test of five minutes of waiting takes microseconds.
#pragma once

#include <chrono>

namespace dockerext {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point UtcNow() = 0;
  virtual std::chrono::steady_clock::time_point SteadyNow() = 0;
  // Time since boot, suspend included (CLOCK_BOOTTIME): every process of this boot sees the same value.
  virtual std::chrono::milliseconds SinceBoot() = 0;
  virtual void SleepFor(std::chrono::milliseconds pause) = 0;
};

}  // namespace dockerext
