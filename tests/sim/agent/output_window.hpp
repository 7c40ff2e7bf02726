// SPDX-License-Identifier: MIT
// The part of a command's output that the agent reports: the first 3200 bytes of stdout and of stderr are
// taken, and the end of each is kept so that both together have at most 3200 characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::agent_simulator {

inline constexpr std::size_t kOutputWindow = 3200;

// `out` and `err` are the first kOutputWindow bytes of the streams.
std::string RenderOutput(std::string_view out, std::string_view err);

}  // namespace dockerext::agent_simulator
