// SPDX-License-Identifier: MIT
// Asks the machine's own dockerd what it thinks of a command line, before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "handler/steps/engine_target.hpp"

namespace dockerext {

// kInvalidSettings with dockerd's own words when it refuses. dockerd validates from 23.0 on; before that only
// unknown options are found.
Status ValidateCommand(EngineContext& context, const VendorCommand& vendor,
                       const std::vector<std::string>& added);

}  // namespace dockerext
