// SPDX-License-Identifier: MIT
// Where the extension remembers things: across boots, and for one boot.
#pragma once

#include <string_view>

namespace dockerext {

inline constexpr std::string_view kStateFolder = "/var/lib/docker-extension";  // 0700
inline constexpr std::string_view kProgramsFolder = "/var/lib/docker-extension/bin";
inline constexpr std::string_view kRuntimeFolder = "/run/docker-extension";  // 0700

}  // namespace dockerext
