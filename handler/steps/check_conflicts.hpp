// SPDX-License-Identifier: MIT
// Finds everything on this machine that contradicts the target, before anything is written. One error lists
// all conflicts, each with its file and key.
#pragma once

#include "handler/steps/engine_target.hpp"

namespace dockerext {

// kInvalidSettings when daemon.json, docker.service, docker.socket or a drop-in contradicts the target. On a
// machine without Docker only daemon.json can.
Status FindConflicts(EngineContext& context);

}  // namespace dockerext
