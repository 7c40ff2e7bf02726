// SPDX-License-Identifier: MIT
// Hints after a failed run: the last lines of the extension's log and of the journals, and one sentence for
// each known cause. Reads only.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::agent_simulator {

// The known causes that match the run's document; empty when there is none.
std::vector<std::string> KnownCauses(const contract::Json& document);

// Skips journal entries older than `started`.
void PrintHints(const contract::Layout& layout, std::chrono::system_clock::time_point started,
                Reporter& reporter);

}  // namespace dockerext::agent_simulator
