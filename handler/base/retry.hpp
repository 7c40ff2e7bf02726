// SPDX-License-Identifier: MIT
// The one retry loop: repeats an attempt while it returns kBusy, within a time budget.
#pragma once

#include <chrono>

#include "handler/base/result.hpp"

namespace dockerext {

// `clock` has SteadyNow() and SleepFor(duration) (ports/clock.hpp). Returns the last kBusy when the
// budget is used up, and any other outcome at once.
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
