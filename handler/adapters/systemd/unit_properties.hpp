// SPDX-License-Identifier: MIT
// Reads a unit's properties out of org.freedesktop.DBus.Properties.GetAll replies. Private to this room.
#pragma once

#include <string>

#include "handler/adapters/systemd/bus_call.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

// Fills what the reply names; properties that are not asked for are skipped.
Status ReadProperties(sd_bus_message* reply, UnitFacts& facts);

}  // namespace dockerext
