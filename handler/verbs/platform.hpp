// SPDX-License-Identifier: MIT
// Whether this machine can be served at all, judged in a moment and without the network.
#pragma once

#include "handler/distro/distro.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// kUnsupportedPlatform for the distribution or its release, kMissingDependency without systemd as PID 1.
Result<const Distro*> DetectPlatform(Files& files);

}  // namespace dockerext
