// SPDX-License-Identifier: MIT
// JSON text to a document, strictly: a key that is there twice, and nesting without end, are faults. What is
// wrong is told by its place, never by its content, which may be a secret.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext {

// Deeper than any settings are; a document that nests further was not written by hand.
inline constexpr int kJsonDepthLimit = 64;

// A byte order mark in front is no fault. kInvalidSettings otherwise, its message being the rest of a
// sentence that begins with the document's name: "is not valid JSON (line 3, column 14)".
Result<nlohmann::json> ParseJson(std::string_view text);

}  // namespace dockerext
