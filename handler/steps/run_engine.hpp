// SPDX-License-Identifier: MIT
// Starts, restarts and stops the engine, each within its own budget; for the steps that change its
// configuration and for those that close its port.
#pragma once

#include "handler/ports/system.hpp"
#include "handler/steps/docker_unit.hpp"
#include "handler/steps/engine_target.hpp"

namespace dockerext {

// Whether dockerd runs with the wanted command line and answers, so that no restart is due.
Result<bool> MatchesTarget(EngineContext& context);

// Starts or restarts docker.service once and waits for an answer on the local socket. The start limit (3 in
// 60 s) is cleared first. An error includes the line that dockerd logged.
Status RestartEngine(System& system, DockerUnit& unit);

// For an engine that may be in a restart loop: stops it (which ends the loop), clears the start limit and
// starts it with the files on disk.
Status StopAndStartEngine(System& system, DockerUnit& unit);

// Stops an engine that was stopped before the extension started it, and docker.socket if that was stopped
// too.
Status StopStartedUnits(System& system);

}  // namespace dockerext
