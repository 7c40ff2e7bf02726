// SPDX-License-Identifier: MIT
// The steps that make a VM a Docker host; one file each, listed in order by the enable worker. Each comment
// states what holds when the step is done; only those with an undo are rolled back.
#pragma once

#include <string>

#include "handler/steps/engine_target.hpp"
#include "handler/steps/step.hpp"

namespace dockerext {

// The ledger has this VM's identity and the uninstall policy.
Step RecordOwnership(EngineContext& context);
// An error for an engine that can neither be used nor replaced without its owner's consent: masked, or a
// snap.
Status CheckEngineUsable(EngineContext& context);
// docker.service and its dockerd exist; if missing, the distribution's packages are installed, and a rollback
// keeps them.
Step InstallEnginePackages(EngineContext& context);
// The same, but converged only after the package manager has finished: it outlives a killed worker, and a
// power cut interrupts it.
Step EnsureEngineInstalled(EngineContext& context);
// Whether a package manager may still be installing the engine, which must then not be changed.
bool IsInstalling(Files& files);
// Nothing on the machine contradicts the target; otherwise an error before anything is written.
Step CheckConflicts(EngineContext& context);
// docker.service starts at boot.
Step StartAtBoot(EngineContext& context);
// The TLS set's folder contains exactly the customer's certificates and key.
Step WriteTlsSet(EngineContext& context);
// Containers of a running engine keep running during the restarts that follow.
Step EnableLiveRestore(EngineContext& context);
// The same for an engine that was stopped before.
Step EnableLiveRestoreAfterStart(EngineContext& context);
// Changes nothing when applied. Its rollback comes after that of the files, which are later in the list, and
// runs the engine with the restored files.
Step RestartPreviousEngine(EngineContext& context);
// The extension's drop-in has the endpoint and the options, and systemd has loaded it: the one commit point.
Step WriteDropIn(EngineContext& context);
// dockerd runs with that command line and answers on its local socket.
Step RunEngine(EngineContext& context);
// The port presents the settings' certificate and rejects anonymous clients, and the ledger records it.
Step VerifyEndpoint(EngineContext& context);

}  // namespace dockerext
