// SPDX-License-Identifier: MIT
// live-restore in daemon.json: set by a reload of the running engine, so that containers keep running during
// the restarts that follow; and reverted completely.
#pragma once

#include <string>
#include <vector>

#include "handler/steps/engine_target.hpp"

namespace dockerext {

// Why containers stop when the engine restarts; empty when they keep running.
Result<std::vector<std::string>> LiveRestoreWarnings(EngineContext& context);

// Restores daemon.json (its original bytes, or, when somebody edited it since, without live-restore) and
// reloads a running engine. Does nothing when the extension did not set live-restore.
Status RevertLiveRestore(System& system);

}  // namespace dockerext
