// SPDX-License-Identifier: MIT
// Writes a TransientUnit as the arguments of StartTransientUnit. Private to this room.
#pragma once

#include "handler/adapters/systemd/bus_call.hpp"
#include "handler/ports/services.hpp"

namespace dockerext {

// The method call, ready to be sent.
Result<MessagePtr> TransientUnitCall(sd_bus* bus, const TransientUnit& unit);

}  // namespace dockerext
