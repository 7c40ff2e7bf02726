// SPDX-License-Identifier: MIT
// The words in which a handler's and an extension's standing travels to Azure, as WALinuxAgent's
// exthandlers.py spells them.
#pragma once

#include <array>
#include <string_view>

namespace dockerext::contract {

// The handler's. A heartbeat that is too old makes it the third.
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kNotReady = "NotReady";
inline constexpr std::string_view kUnresponsive = "Unresponsive";

// The extension's, in its status file; the last two are ends.
inline constexpr std::string_view kTransitioning = "transitioning";
inline constexpr std::string_view kWarning = "warning";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kSuccess = "success";
inline constexpr std::array kStatuses = {kTransitioning, kWarning, kError, kSuccess};

}  // namespace dockerext::contract
