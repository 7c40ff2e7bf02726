// SPDX-License-Identifier: MIT
// Restarts and stops the engine, with patience: an engine that is starting, stopping or has a job is waited
// for, and no budget of ours ends its start. Only RestartUnit is used: its job outlives this process, ends a
// restart loop, and leaves no engine down.
#pragma once

#include <functional>
#include <string>

#include "handler/ports/system.hpp"

namespace dockerext {

// Called again and again while something is waited for; an error (kSuperseded, kTimeout) ends the wait. The
// reason is empty while the wait is too short to report.
using ReportWait = std::function<Status(const std::string& reason)>;

// Writes the extension's drop-in, or removes it when the text is empty, and has systemd load that: also when
// the file is unchanged, since systemd may have loaded another version of it.
Status InstallDropIn(System& system, const std::string& text);

// Waits until docker.service is not busy, and returns it as it then is.
Result<UnitFacts> AwaitSettled(System& system, const ReportWait& report_wait);

// Makes the error of an engine that did not start or answer: `failed` says that, `logged` is the line with
// which dockerd ended, empty where it logged none.
using ExplainFailure = std::function<Error(const Error& failed, const std::string& logged)>;

// For the VM's owner, with what dockerd logged.
Error ExplainedByLog(const Error& failed, const std::string& logged);

// Restarts docker.service, or starts it, and waits until it has started and answers on its local socket
// (asked again for a minute). The start limit (3 in 60 s) is cleared first. Units that were active and
// stopped with it are started again, by this call or, if this process ends before, by the next.
Status RestartEngine(System& system, const ReportWait& report_wait,
                     const ExplainFailure& explain = ExplainedByLog);

// Waits up to a minute for an answer of a running engine: it may be slow.
Status AwaitAnswer(System& system, const ReportWait& report_wait);

// For an engine that cannot be restarted, or was found stopped.
Status StopEngine(System& system, const ReportWait& report_wait);

// Stops an engine that was stopped before the extension started it, and docker.socket if that was stopped
// too.
Status StopStartedUnits(System& system, const ReportWait& report_wait);

}  // namespace dockerext
