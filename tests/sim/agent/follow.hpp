// SPDX-License-Identifier: MIT
// Follows a status file after enable returned 0: prints each change, until the status is final or the time is
// up.
#pragma once

#include <chrono>
#include <string>

#include "tests/sim/agent/reporter.hpp"
#include "tests/sim/contract/status_reader.hpp"

namespace dockerext::agent_simulator {

// --timeout-scale and --wait.
struct Pace {
  double scale = 1;                             // of the agent's time limits and pauses
  std::chrono::milliseconds wait{45L * 60000};  // for a final status; not scaled

  std::chrono::milliseconds Scaled(std::chrono::milliseconds duration) const {
    return std::chrono::milliseconds(static_cast<long>(static_cast<double>(duration.count()) * scale));
  }
};

// Reads as the agent does: a file that cannot be parsed is read up to 5 times, 2 s apart.
contract::StatusReading ReadAsAgent(const std::string& status_file, const Pace& pace);

Outcome FollowStatus(const std::string& status_file, const Pace& pace, Reporter& reporter);

// "error 53: the port is in use", or what is wrong with the file.
std::string Describe(const contract::StatusReading& reading);

}  // namespace dockerext::agent_simulator
