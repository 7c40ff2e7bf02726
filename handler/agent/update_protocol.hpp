// SPDX-License-Identifier: MIT
// Detects that disable or uninstall is part of an update. The agent does not pass that, but it unpacks the
// new version's folder beside the old one before it calls the old version's disable.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "handler/agent/invocation.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kUpdateWindow{10};

// The version that the agent is updating to: that of a sibling folder <lib>/<Name>-<version> that has
// HandlerManifest.json, the state NotInstalled, and settings of this sequence number that are younger than
// kUpdateWindow.
std::optional<std::string> UpdatingTo(Files& files, const Invocation& invocation,
                                      std::chrono::system_clock::time_point now);

}  // namespace dockerext
