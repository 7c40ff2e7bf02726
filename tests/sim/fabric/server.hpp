// SPDX-License-Identifier: MIT
// The responder on the addresses where the agent looks for it.
#pragma once

#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

// Until SIGTERM or SIGINT; tells systemd when it listens. The addresses have to be this machine's.
Status Serve(const Store& store);

}  // namespace dockerext::fabric
