// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/posix_clock.hpp"

#include <ctime>
#include <thread>

namespace dockerext {

std::chrono::system_clock::time_point PosixClock::UtcNow() { return std::chrono::system_clock::now(); }

std::chrono::steady_clock::time_point PosixClock::SteadyNow() { return std::chrono::steady_clock::now(); }

std::chrono::milliseconds PosixClock::SinceBoot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                               std::chrono::nanoseconds(now.tv_nsec));
}

void PosixClock::SleepFor(std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }

}  // namespace dockerext
