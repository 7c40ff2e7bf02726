// SPDX-License-Identifier: MIT
// What is wanted and what is due: pure functions of the target and of what was observed.
#pragma once

#include <string>
#include <vector>

#include "handler/docker/daemon_json.hpp"
#include "handler/docker/engine_target.hpp"
#include "handler/engine/observation.hpp"

namespace dockerext {

// What the target adds to the vendor's command line.
std::vector<std::string> AddedArguments(const EngineTarget& target, const Observation& observed);

// The arguments of the unit's own line, each at the file that sets it, for messages.
std::vector<DockerOption> VendorOptions(const Observation& observed);

// Whether that line is another one than the running process was started with.
bool IsVendorLineNew(const Observation& observed);

// The text of the drop-in; empty when nothing is added.
std::string WantedDropIn(const EngineTarget& target, const Observation& observed);

// Whether that drop-in is on disk, root's, and the one that systemd has loaded.
bool HasDropIn(const EngineTarget& target, const Observation& observed);

// Whether the running dockerd has the wanted command line: if not, a restart is due.
bool RunsTarget(const EngineTarget& target, const Observation& observed);

// Whether the running engine is of the version that the target asks for: a package that was replaced under it
// is not what runs.
bool RunsAskedVersion(const EngineTarget& target, const Observation& observed);

// Whether the running process was started before our drop-in was written.
bool IsOlderThanDropIn(const Observation& observed);

// The value of live-restore that a flag asks for, in the target's options or in the vendor's line; it
// conflicts with the key in daemon.json.
std::optional<bool> LiveRestoreFlag(const EngineTarget& target, const Observation& observed);

// Where the engine keeps its data.
std::string DataRoot(const EngineTarget& target, const Observation& observed, const DaemonJson& daemon_json);

}  // namespace dockerext
