// SPDX-License-Identifier: MIT
// What the agent's last upload comes to for one extension: what Azure would tell whoever asked for it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

enum class ReportedState {
  kPending,   // of an older goal state, or not at an end
  kSuccess,   // the handler is ready, and the status with the settings' number is success
  kError,     // of the handler or of the extension
  kDisabled,  // as the goal state asked
  kGone,      // not reported any more, as after an uninstall
};

struct ReportedOutcome {
  ReportedState outcome = ReportedState::kPending;
  std::string message;  // of whoever said so
};

std::string_view NameOf(ReportedState outcome);

ReportedOutcome Classify(const Upload& upload, const GoalState& state, const Extension& extension);

}  // namespace dockerext::fabric
