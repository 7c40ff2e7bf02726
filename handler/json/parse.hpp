// SPDX-License-Identifier: MIT
// A strict JSON parser: duplicate keys and too deep nesting are errors. An error names the position or the
// JSON path, never the content, which may be a secret.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext {

// Deeper than any settings; a document that nests further was not written by hand.
inline constexpr int kJsonDepthLimit = 64;

// A byte order mark is accepted. kInvalidSettings for every error; its message continues a sentence that
// begins with the document's name: "is not valid JSON (line 3, column 14)".
Result<nlohmann::json> ParseJson(std::string_view text);

// Overwrites every string value of a document that held secrets, and leaves it empty.
void WipeStrings(nlohmann::json& document);

}  // namespace dockerext
