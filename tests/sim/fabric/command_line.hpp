// SPDX-License-Identifier: MIT
// The command line of `fabric`.
#pragma once

#include <string>
#include <vector>

namespace dockerext::fabric {

// Exit code: 0 done, 1 could not be done, 2 usage; of wait: 3 another end, 4 no end in time.
int RunFabric(const std::vector<std::string>& words);

}  // namespace dockerext::fabric
