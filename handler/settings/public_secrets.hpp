// SPDX-License-Identifier: MIT
// Finds private keys and certificates in the public settings, wherever they stand. Private to this room.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "handler/settings/findings.hpp"

namespace dockerext {

// Whether the text is PEM or base64 of it, or holds a private key in any form: then no part of it may stand
// in a message.
bool HoldsPem(std::string_view text);

// Adds an error by JSON path for each, which quotes nothing of it.
void FindPublicSecrets(const nlohmann::json& public_settings, Findings& findings);

}  // namespace dockerext
