// SPDX-License-Identifier: MIT
// Closing the port and rolling back, for disable, uninstall and a failed or interrupted change. Afterwards no
// port is open that was not verified.
#pragma once

#include "handler/ports/system.hpp"

namespace dockerext {

// Removes the drop-in, and restarts an engine that has the extension's port open; a stopped engine stays
// stopped. An error means that the port is still open; an engine that fails to restart is only logged.
Status CloseEndpoint(System& system);

// For an operation that ended between commit and verification: restores the last known good drop-in (or none)
// and runs the engine with it. Does nothing when both match already.
Status RestoreLastKnownGood(System& system);

}  // namespace dockerext
