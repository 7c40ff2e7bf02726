// SPDX-License-Identifier: MIT
// The environment of a handler's command: the agent's variables for it, and the agent's own environment as a
// systemd service on top. HOME, USER, SHELL and TERM are absent, on purpose.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/harness/layout.hpp"
#include "tests/harness/manifest.hpp"

namespace dockerext::harness {

// What the agent knows when it calls a command. Exit codes are texts: they may be NOT_RUN or None.
struct Told {
  std::uint64_t sequence = 0;              // the goal state's, also for an old version's commands
  std::string uninstall_code = "NOT_RUN";  // for install and enable: the old version's uninstall
  std::string target;                      // for update, as the rest
  std::string updating_from;
  std::string disable_code;
};

using Variables = std::map<std::string, std::string>;

// The agent's variables for this command.
Variables AgentVariables(const Layout& layout, const Command& command, const Told& told);

// "NAME=value", sorted by name.
std::vector<std::string> CommandEnvironment(const Layout& layout, const Command& command, const Told& told);

}  // namespace dockerext::harness
