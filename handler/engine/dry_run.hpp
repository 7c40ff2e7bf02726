// SPDX-License-Identifier: MIT
// What a restart or a reload would meet, validated before anything is changed: the command line by the
// machine's own dockerd, what others left pending in daemon.json and in unit files, and the units that
// docker.service requires.
#pragma once

#include <string>

#include "handler/engine/context.hpp"

namespace dockerext {

// kInvalidSettings with dockerd's own message when it rejects the vendor's command line with what the target
// adds, or the daemon.json on disk. dockerd has --validate since 23.0; with older versions only unknown
// options are found, and a daemon.json that was changed after the engine started is an error: its first
// restart is the owner's. So is that of a drop-in's ExecStartPre= and the like, which nothing can validate.
// kMissingDependency for a required unit that systemd cannot start. Only a program named dockerd is ever run:
// a wrapper script could start an engine. Done once in an operation.
Status ValidateRestart(EngineContext& context);

// Whether daemon.json was changed after the engine started, by somebody else, in a way that could stop it.
bool IsDaemonJsonPending(const Observation& observed);

// The engine's version: its answer, or else that of its program. Empty when neither tells.
std::string EngineVersion(System& system, const Observation& observed);
// What `dockerd --version` prints, which a running engine may be older than. Empty for another program.
std::string ProgramVersion(System& system, const Observation& observed);

}  // namespace dockerext
