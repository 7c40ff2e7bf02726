// SPDX-License-Identifier: MIT
// The environment of a handler's command: the agent's variables for it (WALinuxAgent's exthandlers.py,
// ExtCommandEnvVariable) and the agent's own environment as a systemd service. HOME, USER, SHELL and TERM are
// absent on purpose.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/contract/layout.hpp"
#include "tests/sim/contract/manifest.hpp"

namespace dockerext::contract {

// The wire server: Azure's side of the agent, at this address in every VM.
inline constexpr std::string_view kWireAddress = "168.63.129.16";

// What a command's variables depend on. Exit codes are texts: they may be NOT_RUN or None.
struct CallContext {
  std::uint64_t sequence = 0;              // of the goal state, also for an old version's commands
  std::string uninstall_code = "NOT_RUN";  // for install and enable: exit code of the old version's uninstall
  std::string target;                      // this and the rest: for update
  std::string updating_from;
  std::string disable_code;
};

using Variables = std::map<std::string, std::string>;

// The agent's variables for this command.
Variables AgentVariables(const Layout& layout, const Command& command, const CallContext& call);

// "NAME=value", sorted by name.
std::vector<std::string> CommandEnvironment(const Layout& layout, const Command& command,
                                            const CallContext& call);

}  // namespace dockerext::contract
