// SPDX-License-Identifier: MIT
// Removes what nothing references any more: TLS sets, copies of the handler, and unfinished temporary files.
// Runs at the end of every operation, successful or not.
#pragma once

#include <string>

#include "handler/ports/system.hpp"

namespace dockerext {

// Removes every TLS set that neither the drop-in on disk, nor the running dockerd, nor the last known good
// configuration references.
Status CollectTlsSets(System& system);

// Removes the temporary files that a killed worker left beside the drop-in, daemon.json and the ledger. The
// caller holds the operation lock.
Status CollectUnfinished(Files& files);

// Removes every copy of the handler below the state folder that no loaded worker unit runs, except `keep`.
Status CollectPrograms(System& system, const std::string& keep);

}  // namespace dockerext
