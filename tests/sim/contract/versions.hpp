// SPDX-License-Identifier: MIT
// Which versions of a handler lie in the lib folder, and which of two is the newer one, as WALinuxAgent's
// FlexibleVersion sees it: it decides between upgrade and downgrade, and which version an uninstall means.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "tests/sim/contract/layout.hpp"

namespace dockerext::contract {

// Of dotted numbers; what is missing at the end counts as 0, so 1.0 and 1.0.0 are equal.
Result<std::strong_ordering> CompareVersions(std::string_view left, std::string_view right);

// The highest version of this name whose state is neither NotInstalled nor FailedUpgrade.
std::optional<HandlerId> InstalledVersion(const std::string& lib, const std::string& name);

}  // namespace dockerext::contract
