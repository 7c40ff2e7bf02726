// SPDX-License-Identifier: MIT
// A clock that only sleeping advances: minutes of waiting pass in microseconds.
#pragma once

#include <functional>

#include "handler/ports/clock.hpp"

namespace dockerext {

class FakeClock : public Clock {
 public:
  std::chrono::system_clock::time_point UtcNow() override { return utc_start + elapsed; }
  std::chrono::steady_clock::time_point SteadyNow() override {
    return std::chrono::steady_clock::time_point(elapsed);
  }
  std::chrono::milliseconds SinceBoot() override { return std::chrono::seconds(100) + elapsed; }
  void SleepFor(std::chrono::milliseconds pause) override {
    elapsed += pause;
    // A copy, so that it may replace itself.
    if (const auto call = on_sleep) call();
  }

  std::chrono::system_clock::time_point utc_start{std::chrono::seconds(1795551480)};  // 2026-11-24T20:18:00Z
  std::chrono::milliseconds elapsed{0};
  std::function<void()> on_sleep;  // called after each pause
};

}  // namespace dockerext
