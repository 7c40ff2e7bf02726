// SPDX-License-Identifier: MIT
// live-restore in daemon.json: set while the engine runs, by a reload, so that containers outlive the
// restarts that follow; and taken back so that nothing of it is left.
#pragma once

#include <string>
#include <vector>

#include "handler/steps/engine_target.hpp"

namespace dockerext {

// Why containers would stop with the engine; empty when they would not.
Result<std::vector<std::string>> LiveRestoreWarnings(EngineContext& context);

// daemon.json as it was before us (its bytes, where nobody edited it since; otherwise without our key), and a
// running engine told so. Does nothing where live-restore is not ours.
Status RevertLiveRestore(System& system);

}  // namespace dockerext
