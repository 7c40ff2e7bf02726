// SPDX-License-Identifier: MIT
// The part of a command's output that the agent reports: of the first 3200 bytes of each stream the ends,
// 3200 characters together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::agent_simulator {

inline constexpr std::size_t kOutputWindow = 3200;

// `out` and `err` are the first kOutputWindow bytes of the streams.
std::string RenderOutput(std::string_view out, std::string_view err);

}  // namespace dockerext::agent_simulator
