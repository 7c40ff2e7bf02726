// SPDX-License-Identifier: MIT
// The way back: what disable, uninstall and a failed or interrupted change need. Each leaves a machine on
// which no port is open that is not proven.
#pragma once

#include "handler/ports/system.hpp"

namespace dockerext {

// Our drop-in goes, and an engine that listens in our name is restarted without it; an engine that does not
// run is left as it is. An error means that the port is still open; an engine that does not come back is only
// logged.
Status CloseEndpoint(System& system);

// For a work that ended between commit and proof: the last proven drop-in (or none) is back and the engine
// runs with it. Does nothing where that is so already.
Status RestoreLastKnownGood(System& system);

}  // namespace dockerext
