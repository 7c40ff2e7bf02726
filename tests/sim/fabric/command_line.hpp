// SPDX-License-Identifier: MIT
// Runs one command of `fabric`.
#pragma once

#include <string>
#include <vector>

namespace dockerext::fabric {

// Exit code: 0 success, 1 failure, 2 usage error; of wait: 3 another final state, 4 timed out.
int RunFabric(const std::vector<std::string>& args);

}  // namespace dockerext::fabric
