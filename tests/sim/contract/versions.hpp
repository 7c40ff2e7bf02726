// SPDX-License-Identifier: MIT
// Which versions of a handler are in the lib folder, and which of two is newer, by the rules of
// WALinuxAgent's FlexibleVersion: they decide between upgrade and downgrade, and which version is
// uninstalled.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::contract {

// Compares dotted numbers; missing ones count as 0, so 1.0 and 1.0.0 are equal.
Result<std::strong_ordering> CompareVersions(std::string_view left, std::string_view right);

// The highest version of this name whose state is neither NotInstalled nor FailedUpgrade.
std::optional<HandlerId> InstalledVersion(const std::string& lib, const std::string& name);

}  // namespace dockerext::contract
