// SPDX-License-Identifier: MIT
// The reversible changes that make a VM a Docker host; one file each. A verb lists those that it wants.
#pragma once

#include <string>

#include "handler/steps/engine_target.hpp"
#include "handler/steps/step.hpp"

namespace dockerext {

// The ledger names this VM and the uninstall policy.
Step RecordOwnership(EngineContext& context);
// An engine that can be neither used nor replaced behind its owner's back: masked, or a snap.
Status CheckEngineUsable(EngineContext& context);
// docker.service and its dockerd are there; otherwise the distribution's packages are installed, and stay.
Step InstallEnginePackages(EngineContext& context);
// The same, done only when the package manager has ended: it outlives a worker that is killed, and a power
// cut stops it in the middle.
Step EnsureEngineInstalled(EngineContext& context);
// What that knows, for whoever must not touch an engine that is half there.
bool IsInstalling(Files& files);
// Nothing on the machine contradicts the target; an error otherwise, before anything is written.
Step CheckConflicts(EngineContext& context);
// docker.service starts at boot.
Step StartAtBoot(EngineContext& context);
// The TLS set's folder holds exactly the customer's material.
Step WriteTlsSet(EngineContext& context);
// A running engine keeps its containers through the restarts that follow.
Step EnableLiveRestore(EngineContext& context);
// The same for an engine that did not run before.
Step EnableLiveRestoreAfterStart(EngineContext& context);
// Changes nothing; on the way back, when the files behind it in the list are restored, the engine runs with
// them again.
Step RestartPreviousEngine(EngineContext& context);
// Our drop-in says the endpoint and the options, and systemd has it in force: the one commit point.
Step WriteDropIn(EngineContext& context);
// dockerd runs with that line and answers on its local socket.
Step RunEngine(EngineContext& context);
// The port shows our certificate and refuses strangers, and the ledger says so.
Step VerifyEndpoint(EngineContext& context);

}  // namespace dockerext
