// SPDX-License-Identifier: MIT
// The clock of a VM, as the distance from this machine's: a guest that shares the kernel has none of its own.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext::guest {

// "+400d", "-90s" (also m and h), or "2027-12-31", midnight in UTC: the seconds to add to `now`.
Result<std::int64_t> ParseClock(const std::string& text, std::time_t now);

// For `qemu -rtc base=`: "2027-12-31T00:00:00".
std::string RenderClock(std::time_t moment);

}  // namespace dockerext::guest
