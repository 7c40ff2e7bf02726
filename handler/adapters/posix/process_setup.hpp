// SPDX-License-Identifier: MIT
// Called first in main: makes the process independent of its parent's environment and descriptors, and
// forbids core dumps, which would contain secrets.
#pragma once

#include <map>
#include <string>

namespace dockerext {

// Closes inherited descriptors, opens 0 to 2 if they are closed, sets umask 077, ignores SIGPIPE, forbids
// core dumps, and replaces the environment by a fixed one. Returns the previous environment. Keeps
// NOTIFY_SOCKET, which the worker needs to notify systemd.
std::map<std::string, std::string> SetUpProcess();

// The absolute path of the running binary.
std::string ProgramPath();

}  // namespace dockerext
