// SPDX-License-Identifier: MIT
// The status names of a handler and of an extension in reports to Azure, spelled as in WALinuxAgent's
// exthandlers.py.
#pragma once

#include <array>
#include <string_view>

namespace dockerext::contract {

// Of the handler; kUnresponsive when its heartbeat is too old.
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kNotReady = "NotReady";
inline constexpr std::string_view kUnresponsive = "Unresponsive";

// Of the extension, in its status file; error and success are final.
inline constexpr std::string_view kTransitioning = "transitioning";
inline constexpr std::string_view kWarning = "warning";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kSuccess = "success";
inline constexpr std::array kStatuses = {kTransitioning, kWarning, kError, kSuccess};

}  // namespace dockerext::contract
