// SPDX-License-Identifier: MIT
// What is left of a command's output when the agent has read it: the first 3200 bytes of each
// stream, and of these the ends, 3200 characters together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::agent_simulator {

inline constexpr std::size_t kOutputWindow = 3200;

// `out` and `err` are the first kOutputWindow bytes of the streams.
std::string RenderOutput(std::string_view out, std::string_view err);

}  // namespace dockerext::agent_simulator
