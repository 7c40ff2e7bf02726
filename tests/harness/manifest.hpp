// SPDX-License-Identifier: MIT
// The commands of HandlerManifest.json and how the agent judges each (contract 2, 4.5). The file is read
// again before every command, as the agent does.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "tests/harness/layout.hpp"

namespace dockerext::harness {

struct Command {
  std::string_view name;          // install
  std::string_view manifest_key;  // installCommand
  std::chrono::seconds limit;
  int error_code;             // reported when it exits with anything but 0
  bool tells_uninstall_code;  // gets AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE
};

inline constexpr Command kInstallCommand{"install", "installCommand", std::chrono::seconds{900}, 1007, true};
inline constexpr Command kEnableCommand{"enable", "enableCommand", std::chrono::seconds{300}, 1009, true};
inline constexpr Command kDisableCommand{"disable", "disableCommand", std::chrono::seconds{900}, 1010, false};
inline constexpr Command kUninstallCommand{"uninstall", "uninstallCommand", std::chrono::seconds{300}, 1000,
                                           false};

// The manifest's text for the command, or what the agent reports instead.
std::variant<std::string, HandlerReport> FindCommand(const std::string& manifest_file,
                                                     const Command& command);

}  // namespace dockerext::harness
