// SPDX-License-Identifier: MIT
// What the agent would upload to Azure about a handler at this moment: the handler's status and, for the
// settings that were delivered last, the extension's, cut as the agent cuts it.
#pragma once

#include <string>

#include "tests/sim/agent/follow.hpp"
#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::agent_simulator {

struct AgentReport {
  contract::Json handler;  // one element of handlerAggregateStatus; null: nothing is uploaded
  std::string because;     // why that is so, or what was cut; may be empty
};

// Of the version that the goal state names. Reads the files that the agent reads, and touches nothing.
AgentReport CollectReport(const contract::Layout& layout, const Pace& pace);

// A line for the handler's status and one for the extension's; all of it, substatuses too, in the document.
void TellReport(const AgentReport& report, Reporter& reporter);

}  // namespace dockerext::agent_simulator
