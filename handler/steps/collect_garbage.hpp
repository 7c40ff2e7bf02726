// SPDX-License-Identifier: MIT
// Takes away what nothing names any more: TLS sets, copies of the handler, and files that were never
// finished. Run at the end of a work, whatever came of it.
#pragma once

#include <string>

#include "handler/ports/system.hpp"

namespace dockerext {

// Every set goes that neither the drop-in on disk, nor the running dockerd, nor the proven record names.
Status CollectTlsSets(System& system);

// What a worker that was killed in the middle of writing left beside our drop-in, daemon.json and the ledger.
// For who holds the work lock.
Status CollectUnfinished(Files& files);

// Every copy of the handler below the state folder goes that no loaded worker unit runs, `keep` excepted.
Status CollectPrograms(System& system, const std::string& keep);

}  // namespace dockerext
