// SPDX-License-Identifier: MIT
// What Debian and its descendants need: apt, and docker.io from the distribution's own archive.
#pragma once

#include "handler/distro/distro.hpp"

namespace dockerext {

extern const Distro kDebian11To12;
extern const Distro kDebian13;
extern const Distro kUbuntu;

}  // namespace dockerext
