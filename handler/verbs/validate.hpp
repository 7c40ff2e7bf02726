// SPDX-License-Identifier: MIT
// What enable would say of settings, without a machine: for whoever writes them.
#pragma once

#include <string>

#include "handler/base/secret.hpp"
#include "handler/ports/system.hpp"
#include "handler/settings/findings.hpp"

namespace dockerext {

// Both texts are the documents themselves, as one gives them to Azure. Asks nothing but the clock, and
// changes nothing.
Findings Validate(System& system, const std::string& public_text, const Secret& protected_text);

}  // namespace dockerext
