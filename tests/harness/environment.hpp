// SPDX-License-Identifier: MIT
// The environment of a handler's command (contract 4.3): the agent's variables for it, and the agent's own
// environment as a systemd service on top. HOME, USER, SHELL and TERM are absent, on purpose.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/harness/layout.hpp"
#include "tests/harness/manifest.hpp"

namespace dockerext::harness {

// "NAME=value", sorted by name.
std::vector<std::string> CommandEnvironment(const Layout& layout, const Command& command,
                                            std::uint64_t sequence);

}  // namespace dockerext::harness
