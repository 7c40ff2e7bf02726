// SPDX-License-Identifier: MIT
// A mark that a successful update leaves for the uninstall that the agent then calls on the old version, so
// that it changes nothing. Valid once, for two minutes of this boot, for one target version.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "handler/base/result.hpp"
#include "handler/ports/clock.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kUpdateMarkLifetime{2};

Status WriteUpdateMark(Files& files, Clock& clock, const std::string& target_version);

// The target version of a valid mark; removes the mark in any case.
std::optional<std::string> ConsumeUpdateMark(Files& files, Clock& clock);

}  // namespace dockerext
