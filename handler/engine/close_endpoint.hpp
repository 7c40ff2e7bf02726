// SPDX-License-Identifier: MIT
// Closes the port, for disable, uninstall, and on a VM made from another one's image.
#pragma once

#include "handler/engine/control.hpp"

namespace dockerext {

// Removes the drop-in and restarts an engine that has the extension's port open; a stopped engine stays
// stopped, one that is starting is waited for. An error means that the port is still open; an engine that
// fails to restart is only logged.
Status CloseEndpoint(System& system, const ReportWait& report_wait);

// Does so where the port answers a client without a certificate: what was verified once may do that by now,
// with another dockerd. Returns whether it did.
Result<bool> CloseEndpointOpenToStrangers(System& system, const ReportWait& report_wait);

// On a VM whose ledger is another VM's (an image captured from a configured one): closes that one's endpoint
// and makes the ledger this VM's. Returns whether it is such a VM.
Result<bool> CloseEndpointOfOtherVm(System& system, const ReportWait& report_wait);

}  // namespace dockerext
