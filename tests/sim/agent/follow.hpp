// SPDX-License-Identifier: MIT
// Follows a status file after enable returned 0: a line for each change, until it is terminal or the budget
// is used up.
#pragma once

#include <chrono>
#include <string>

#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/status_reader.hpp"

namespace dockerext::agent_simulator {

// Time as the harness's user wants it.
struct Pace {
  double scale = 1;                             // of the agent's own limits and pauses
  std::chrono::milliseconds wait{45L * 60000};  // for a terminal status, as given

  std::chrono::milliseconds Scaled(std::chrono::milliseconds agents) const {
    return std::chrono::milliseconds(static_cast<long>(static_cast<double>(agents.count()) * scale));
  }
};

// Reads as the agent does: what cannot be parsed is read 5 times, 2 s apart, before it counts.
contract::StatusReading ReadAsAgent(const std::string& status_file, const Pace& pace);

Outcome FollowStatus(const std::string& status_file, const Pace& pace, Reporter& reporter);

// "error 53: the port is taken", or what is wrong with the file.
std::string Describe(const contract::StatusReading& reading);

}  // namespace dockerext::agent_simulator
