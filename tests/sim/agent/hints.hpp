// SPDX-License-Identifier: MIT
// For a run that failed: the ends of the extension's log and of the journals that matter, and one sentence
// each on causes that are known. Looks, and changes nothing.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::agent_simulator {

// What the run's own document gives away; empty when no cause is known.
std::vector<std::string> KnownCauses(const contract::Json& document);

// `started`: older journal entries are none of this run's.
void TellHints(const contract::Layout& layout, std::chrono::system_clock::time_point started,
               Reporter& reporter);

}  // namespace dockerext::agent_simulator
