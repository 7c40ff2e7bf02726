// SPDX-License-Identifier: MIT
// A handler's folder as the agent creates it, completes it after unpacking, copies from it in an update and
// removes it.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::agent_simulator {

// Creates what exists before the download: the agent's lib folder (0700; one that other users can enter is
// rejected, since it holds keys) and the handler's folder with config/ and HandlerState.
Status MakeHandlerFolder(const contract::Layout& layout);

// Does what the agent does between unpacking and the settings: u+x, the manifest at the root, status/,
// config/, the log and events folders, HandlerEnvironment.json.
Status InitialiseHandler(const contract::Layout& layout);

// Copies what survives an update: mrseq and the files of status/, with their times.
Status CarryOver(const contract::Layout& from, const contract::Layout& to);

// Moves a handler's folder to <lib>.kept (0700) instead of removing it; replaces an earlier one there.
// Returns the new path.
Result<std::string> MoveAside(const contract::Layout& layout);

}  // namespace dockerext::agent_simulator
