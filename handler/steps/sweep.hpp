// SPDX-License-Identifier: MIT
// Takes away what nothing names any more: TLS sets, and copies of the handler. Run at the end of a work,
// whatever came of it.
#pragma once

#include <string>

#include "handler/ports/host.hpp"

namespace dockerext {

// Every set goes that neither the drop-in on disk, nor the running dockerd, nor the proven record names.
Status SweepTlsSets(Host& host);

// Every copy of the handler below the state folder goes that no loaded worker unit runs, `keep` excepted.
Status SweepPrograms(Host& host, const std::string& keep);

}  // namespace dockerext
