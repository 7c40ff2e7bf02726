// SPDX-License-Identifier: MIT
// Converts a TransientUnit to a StartTransientUnit call. Private to this room.
#pragma once

#include "handler/adapters/systemd/bus_call.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

// Returns the method call, not yet sent.
Result<MessagePtr> TransientUnitCall(sd_bus* bus, const TransientUnit& unit);

}  // namespace dockerext
