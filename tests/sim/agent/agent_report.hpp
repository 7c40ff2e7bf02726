// SPDX-License-Identifier: MIT
// What the agent would upload to Azure about a handler now: the status of the handler and, for the settings
// delivered last, that of the extension, truncated as the agent does.
#pragma once

#include <string>

#include "tests/sim/agent/follow.hpp"
#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::agent_simulator {

struct AgentReport {
  contract::Json handler;  // one element of handlerAggregateStatus; null: nothing is uploaded
  std::string note;        // why nothing is uploaded, or what was truncated; may be empty
};

// For the version in the goal state. Reads the files that the agent reads; writes nothing.
AgentReport CollectReport(const contract::Layout& layout, const Pace& pace);

// Prints one line for the handler's status and one for the extension's; the document gets the whole report.
void PrintReport(const AgentReport& report, Reporter& reporter);

}  // namespace dockerext::agent_simulator
