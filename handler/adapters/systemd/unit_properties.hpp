// SPDX-License-Identifier: MIT
// Reads a unit's properties from replies to org.freedesktop.DBus.Properties.GetAll. Private to this room.
#pragma once

#include <string>

#include "handler/adapters/systemd/bus_call.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

// Sets the members of `facts` that the reply contains; skips other properties.
Status ReadProperties(sd_bus_message* reply, UnitFacts& facts);

}  // namespace dockerext
