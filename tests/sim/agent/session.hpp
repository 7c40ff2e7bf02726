// SPDX-License-Identifier: MIT
// One call of handler-harness, from its arguments to its exit code.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/sim/agent/options.hpp"

namespace dockerext::agent_simulator {

// Events and the verdict go to `out`, or with --json to `err` and one document to `out`; the harness's own
// errors to `err`.
int RunHarness(const std::vector<std::string>& args, const Defaults& defaults, std::ostream& out,
               std::ostream& err);

}  // namespace dockerext::agent_simulator
