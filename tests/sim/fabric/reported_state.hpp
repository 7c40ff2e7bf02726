// SPDX-License-Identifier: MIT
// Classifies the agent's last upload for one extension, as Azure would show its state. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

enum class ReportedState {
  kPending,   // of an older goal state, or not final
  kSuccess,   // the handler is ready, and the status of the current settings is success
  kError,     // by the agent for the handler, or in the extension's status
  kDisabled,  // as in the goal state
  kGone,      // no longer reported, as after an uninstall
};

struct ReportedOutcome {
  ReportedState state = ReportedState::kPending;
  std::string message;  // of the handler or the extension, whichever decided the state
};

std::string_view NameOf(ReportedState state);

ReportedOutcome Classify(const Upload& upload, const GoalState& state, const Extension& extension);

}  // namespace dockerext::fabric
