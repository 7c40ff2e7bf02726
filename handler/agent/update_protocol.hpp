// SPDX-License-Identifier: MIT
// Detects that disable or uninstall is part of an update. The agent does not pass that, but it unpacks the
// new version's folder beside the old one before it calls the old version's disable.
#pragma once

#include <string>
#include <vector>

#include "handler/agent/invocation.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// The versions that the agent may be updating to: those of the sibling folders <lib>/<Name>-<version> that
// have HandlerManifest.json, the state NotInstalled, and settings of this sequence number. Several where an
// update was interrupted and the next is to another version; empty when this is no update.
std::vector<std::string> UpdatingTo(Files& files, const Invocation& invocation);

}  // namespace dockerext
