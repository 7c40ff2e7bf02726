// SPDX-License-Identifier: MIT
// Reports what enable would find wrong with settings, without a VM.
#pragma once

#include <string>

#include "handler/base/secret.hpp"
#include "handler/ports/system.hpp"
#include "handler/settings/findings.hpp"

namespace dockerext {

// Both texts are the JSON documents as they are sent to Azure. Reads only the clock; changes nothing.
Findings Validate(System& system, const std::string& public_text, const Secret& protected_text);

}  // namespace dockerext
