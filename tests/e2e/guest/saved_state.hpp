// SPDX-License-Identifier: MIT
// The state of a VM that has booted, so that the next ones of its image go on from there in seconds. It lies
// in the image's folder, cached by all that it depends on.
#pragma once

#include <string>

#include "handler/base/result.hpp"

namespace dockerext::guest {

// The folder of the saved state; boots a VM to make it, if there is none yet. That VM is removed, and leaves
// nothing, whenever this process ends.
Result<std::string> EnsureSavedState(const std::string& image);

}  // namespace dockerext::guest
