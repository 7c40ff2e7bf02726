// SPDX-License-Identifier: MIT
// The one retry loop: repeats an attempt while it says kBusy, within a budget of the given clock's time.
#pragma once

#include <chrono>

#include "handler/base/result.hpp"

namespace dockerext {

// `clock` has SteadyNow() and SleepFor(duration) (ports/clock.hpp). The last kBusy comes back when the budget
// is used up; any other outcome comes back at once.
template <class ClockLike, class Attempt>
auto RetryWhileBusy(ClockLike& clock, std::chrono::milliseconds budget, std::chrono::milliseconds pause,
                    Attempt attempt) -> decltype(attempt()) {
  const auto deadline = clock.SteadyNow() + budget;
  while (true) {
    auto outcome = attempt();
    if (outcome.ok() || outcome.error().code != Code::kBusy) return outcome;
    if (clock.SteadyNow() + pause > deadline) return outcome;
    clock.SleepFor(pause);
  }
}

}  // namespace dockerext
