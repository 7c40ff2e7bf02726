// SPDX-License-Identifier: MIT
// The commands of HandlerManifest.json, with the agent's time limit and error code for each (WALinuxAgent's
// exthandlers.py, HandlerManifest). The file is read again before every command, as the agent does.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "tests/sim/contract/layout.hpp"

namespace dockerext::contract {

// The variables that a command gets besides those that every command gets.
enum class ExtraVariables {
  kNone,
  kUninstallCode,  // AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE
  kUpdate,         // VERSION, and the exit code of the old version's disable
};

struct Command {
  std::string_view name;          // install
  std::string_view manifest_key;  // installCommand
  std::chrono::seconds limit;
  int error_code;  // reported when it exits with anything but 0
  ExtraVariables extra_variables = ExtraVariables::kNone;
};

inline constexpr Command kInstallCommand{"install", "installCommand", std::chrono::seconds{900}, 1007,
                                         ExtraVariables::kUninstallCode};
inline constexpr Command kEnableCommand{"enable", "enableCommand", std::chrono::seconds{300}, 1009,
                                        ExtraVariables::kUninstallCode};
inline constexpr Command kUpdateCommand{"update", "updateCommand", std::chrono::seconds{900}, 1008,
                                        ExtraVariables::kUpdate};
inline constexpr Command kDisableCommand{"disable", "disableCommand", std::chrono::seconds{900}, 1010};
inline constexpr Command kUninstallCommand{"uninstall", "uninstallCommand", std::chrono::seconds{300}, 1000};

// The manifest's text for the command, or what the agent reports when there is none.
std::variant<std::string, HandlerReport> FindCommand(const std::string& manifest_file,
                                                     const Command& command);

// The agent's other settings in it; a file that cannot be read has the defaults.
bool ContinuesOnUpdateFailure(const std::string& manifest_file);
bool IsUpdateWithInstall(const std::string& manifest_file);
bool ReportsHeartbeat(const std::string& manifest_file);

}  // namespace dockerext::contract
