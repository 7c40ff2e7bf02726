// SPDX-License-Identifier: MIT
// Validates a command line with the machine's own dockerd, before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "handler/steps/engine_target.hpp"

namespace dockerext {

// kInvalidSettings with dockerd's own message when it rejects the command line. dockerd has --validate
// since 23.0; with older versions only unknown options are found.
Status ValidateCommand(EngineContext& context, const VendorCommand& vendor,
                       const std::vector<std::string>& added);

}  // namespace dockerext
