// SPDX-License-Identifier: MIT
// Which of the supported platforms this VM is; fast, and needs no network.
#pragma once

#include "handler/distro/distro.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// kUnsupportedPlatform when the distribution or its release is not supported, kMissingDependency when systemd
// is not PID 1.
Result<Platform> DetectPlatform(Files& files);

}  // namespace dockerext
