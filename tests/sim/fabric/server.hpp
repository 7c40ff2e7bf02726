// SPDX-License-Identifier: MIT
// Serves the responder on the addresses that the agent uses.
#pragma once

#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

// Runs until SIGTERM or SIGINT; notifies systemd when it listens. The addresses must be this machine's.
Status Serve(const Store& store);

}  // namespace dockerext::fabric
