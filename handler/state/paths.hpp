// SPDX-License-Identifier: MIT
// The folders of the extension's own state: persistent, and of one boot.
#pragma once

#include <string_view>

namespace dockerext {

inline constexpr std::string_view kStateFolder = "/var/lib/docker-extension";  // 0700
inline constexpr std::string_view kProgramsFolder = "/var/lib/docker-extension/bin";
inline constexpr std::string_view kRuntimeFolder = "/run/docker-extension";  // 0700

}  // namespace dockerext
