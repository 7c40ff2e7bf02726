// SPDX-License-Identifier: MIT
// The last act of a successful update: a note to the uninstall that the agent calls next on the old version,
// so that it leaves the new version's machine alone. Good once, for two minutes of this boot, for one target
// version.
#pragma once

#include <chrono>
#include <string>

#include "handler/base/result.hpp"
#include "handler/ports/clock.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kUpdateMarkLife{2};

Status WriteUpdateMark(Files& files, Clock& clock, const std::string& target_version);

// Whether there was a mark for this target, still good; it is gone afterwards either way.
bool TakeUpdateMark(Files& files, Clock& clock, const std::string& target_version);

}  // namespace dockerext
