// SPDX-License-Identifier: MIT
// Speaks with qemu's monitor (QMP) to save a running VM.
#pragma once

#include <string>

#include "handler/base/result.hpp"

namespace dockerext::guest {

// Writes the memory and devices of a running VM, compressed, into `path`, and stops it with its disk whole.
// One that was stopped before would not run where it goes on.
Status SaveState(const std::string& monitor, const std::string& path);

}  // namespace dockerext::guest
