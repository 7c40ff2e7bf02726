// SPDX-License-Identifier: MIT
// The first thing main does: a process that owes nothing to whoever started it, and that leaves no secret
// behind when it dies.
#pragma once

#include <map>
#include <string>

namespace dockerext {

// Closes what was inherited, opens 0 to 2 where they are closed, sets umask 077, ignores SIGPIPE, forbids
// core dumps, replaces the environment by a fixed one and gives back the one it found. NOTIFY_SOCKET stays:
// systemd's worker needs it.
std::map<std::string, std::string> SetUpProcess();

// The absolute path of the running binary.
std::string ProgramPath();

}  // namespace dockerext
