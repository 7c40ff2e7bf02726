// SPDX-License-Identifier: MIT
// Starts, restarts and returns to an engine, each within its own budget; shared by what changes its
// configuration and by what closes its port.
#pragma once

#include "handler/ports/system.hpp"
#include "handler/steps/docker_unit.hpp"
#include "handler/steps/engine_target.hpp"

namespace dockerext {

// dockerd runs with the wanted line and answers: no restart is due.
Result<bool> RunsAsWanted(EngineContext& context);

// One start or restart of docker.service that ends with an answer on the local socket. The start limit (3 in
// 60 s) is cleared first. An error holds dockerd's own last words.
Status RestartEngine(System& system, DockerUnit& unit);

// For an engine that may be in a restart loop: stop (which ends the loop), clear, start with what is on disk
// now.
Status StopAndStartEngine(System& system, DockerUnit& unit);

// For an engine that was found stopped: its socket stops too, if that was as well.
Status StopEngineAsFound(System& system);

}  // namespace dockerext
