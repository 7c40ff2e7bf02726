// SPDX-License-Identifier: MIT
// The steps that make a VM a Docker host; one file each. Each comment states what holds when the step is
// done.
#pragma once

#include <string>
#include <vector>

#include "handler/engine/context.hpp"
#include "handler/steps/step.hpp"

namespace dockerext {

// All of them, in order: enable checks whether they are done, its worker applies them.
std::vector<Step> EnableSteps(EngineContext& context);

// The ledger has this VM's identity and the uninstall policy.
Step RecordOwnership(EngineContext& context);
// docker.service and its dockerd exist, and no package manager may still be installing them; if missing, the
// packages of the source that the settings name are installed, and stay. An engine of another source is an
// error.
Step EnsureEngineInstalled(EngineContext& context);
// Nothing on the machine contradicts the target; otherwise an error before anything is written.
Step CheckConflicts(EngineContext& context);
// The TLS set's folder contains exactly the customer's certificates and key.
Step WriteTlsSet(EngineContext& context);
// Containers keep running during the restarts that follow, unless their owner wishes otherwise.
Step EnableLiveRestore(EngineContext& context);
// The extension's drop-in has the endpoint and the options, and systemd has loaded it: the one commit point.
Step WriteDropIn(EngineContext& context);
// dockerd runs with that command line and answers on its local socket.
Step RunEngine(EngineContext& context);
// docker.service starts at boot.
Step StartAtBoot(EngineContext& context);
// The active firewalls let the port in, or a warning says why not; the ledger has no rule for another port.
Step OpenFirewall(EngineContext& context);
// The port presents the settings' certificate and rejects anonymous clients, and the ledger records it.
Step VerifyEndpoint(EngineContext& context);

// An error for an engine that can neither be used nor replaced without its owner's consent: masked, a snap,
// or a unit that systemd cannot load.
Status CheckEngineUsable(System& system, const Platform& platform, const Observation& observed);
// kInvalidSettings with everything on the machine that contradicts the target: in daemon.json,
// docker.service, its sockets and drop-ins, and what the engine listens on. On a machine without Docker only
// daemon.json can.
Status FindConflicts(EngineContext& context);
// Why containers stop when the engine restarts; empty when they keep running.
Result<std::vector<std::string>> LiveRestoreWarnings(System& system, const EngineTarget& target,
                                                     const Observation& observed);

}  // namespace dockerext
