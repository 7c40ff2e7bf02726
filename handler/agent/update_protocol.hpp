// SPDX-License-Identifier: MIT
// How disable and uninstall know that they are part of an update, which the agent does not tell them: before
// it calls the old version's disable it has laid out the new version's folder beside ours.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "handler/agent/invocation.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kUpdateWindow{10};

// The version that the agent is updating to from ours: a sibling folder <lib>/<Name>-<version> that holds
// HandlerManifest.json, the state NotInstalled, and the settings of this sequence number, younger than
// kUpdateWindow.
std::optional<std::string> UpdatingTo(Files& files, const Invocation& invocation,
                                      std::chrono::system_clock::time_point now);

}  // namespace dockerext
