// SPDX-License-Identifier: MIT
// live-restore in daemon.json: added so that containers keep running during restarts of the engine, loaded by
// a reload, and removed completely.
#pragma once

#include <string>

#include "handler/docker/daemon_json.hpp"
#include "handler/engine/control.hpp"
#include "handler/engine/observation.hpp"

namespace dockerext {

// daemon.json as the engine in hand reads it; kInvalidSettings when that would refuse it.
Result<DaemonJson> ReadDaemonJson(System& system, const Observation& observed);

// Adds the key, and records the file as it was; reloads nothing.
Status AddLiveRestore(System& system, const Observation& observed);

// Restores daemon.json (its original bytes, or, when somebody edited it since, without live-restore) and
// reloads a running engine. Does nothing when the extension did not add it.
Status RemoveLiveRestore(System& system, const ReportWait& report_wait);

// The same for an engine that is about to be restarted: reloads nothing.
Status RemoveLiveRestoreKey(System& system, const Observation& observed);

// Makes a ready engine reload daemon.json (SIGHUP), including changes that others made to it and did not
// load, and waits until it reports live-restore so.
Status ReloadLiveRestore(System& system, const Observation& observed, bool wanted);

}  // namespace dockerext
