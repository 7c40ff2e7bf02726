// SPDX-License-Identifier: MIT
// What on this machine contradicts the configuration that is wanted, found before anything is written: each
// with the file and the key, all at once.
#pragma once

#include "handler/steps/engine_target.hpp"

namespace dockerext {

// kInvalidSettings when daemon.json, docker.service, docker.socket or a drop-in and the target cannot both
// hold. A machine without Docker has at most a daemon.json.
Status FindConflicts(EngineContext& context);

}  // namespace dockerext
