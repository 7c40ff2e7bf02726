// SPDX-License-Identifier: MIT
// A handler's folder as the agent makes it, fills it after the ZIP, hands it on in an update and gets rid of
// it.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::agent_simulator {

// The lib folder (0700, the agent's own; one that others can enter is refused, since keys lie in it), and the
// handler's folder with config/ and HandlerState: everything that comes before the download.
Status MakeHandlerFolder(const contract::Layout& layout);

// Everything between the ZIP's files and the settings: u+x, the manifest at the root, status/, config/, the
// log and events folders, HandlerEnvironment.json.
Status InitialiseHandler(const contract::Layout& layout);

// All that survives an update: mrseq and the files of status/, with their times.
Status CarryOver(const contract::Layout& from, const contract::Layout& to);

// Moves a handler's folder out of the lib folder, where the agent would remove it, to <lib>.kept (0700); says
// where it is. One that was kept before is replaced.
Result<std::string> KeepAside(const contract::Layout& layout);

}  // namespace dockerext::agent_simulator
