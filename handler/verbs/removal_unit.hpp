// SPDX-License-Identifier: MIT
// The unit that goes on with a removal of packages after a reboot cut it off: by then the agent has forgotten
// the extension. It exists from the uninstall that begins the removal until the removal's end, or the next
// enable.
#pragma once

#include <string>
#include <string_view>

#include "handler/ports/system.hpp"

namespace dockerext {

inline constexpr std::string_view kRemovalUnit = "docker-extension-removal.service";

// `program`: the copy below the state folder.
Status InstallRemovalUnit(System& system, const std::string& program);

// A success where there is none.
Status RemoveRemovalUnit(System& system);

bool HasRemovalUnit(Files& files);

}  // namespace dockerext
