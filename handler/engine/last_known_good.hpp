// SPDX-License-Identifier: MIT
// The one way back: every end of an operation that is neither success nor superseded leads here.
#pragma once

#include "handler/engine/control.hpp"
#include "handler/engine/observation.hpp"

namespace dockerext {

// Before the first change of the engine's configuration: records what the VM has now, unless there is a
// verified configuration.
Status RecordStartingPoint(System& system, const Observation& observed);

enum class Rollback {
  kNothing,  // everything matches already, or no configuration is recorded, since none was changed
  kRestored,
  kClosed,  // it answers clients without a certificate by now, as with another dockerd: the port is closed
};

// Restores the last known good drop-in (or none), and live-restore, and runs the engine with them. The caller
// holds the operation lock. Afterwards no firewall has a rule of the extension for a port that is not open.
Result<Rollback> RestoreLastKnownGood(System& system, const ReportWait& report_wait);

// Whether the drop-in on disk is not the last known good one: an operation was interrupted after its commit,
// the ledger is another VM's, or is lost. Then no decision may rest on that drop-in.
bool IsUnverified(const Observation& observed);

}  // namespace dockerext
