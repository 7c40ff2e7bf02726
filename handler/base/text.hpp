// SPDX-License-Identifier: MIT
// Small pure functions on text: splitting, joining, numbers, base64, hex, UTC times. Nothing here knows
// Docker or the agent.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

// Without leading and trailing blanks, tabs and line ends.
std::string_view Trim(std::string_view text);

// The parts between separators, empty ones included; "" gives one empty part.
std::vector<std::string> Split(std::string_view text, char separator);

std::string Join(const std::vector<std::string>& parts, std::string_view separator);

// Decimal digits only, no sign, no blanks; nothing when empty, out of range or anything else.
std::optional<std::uint64_t> ParseUnsigned(std::string_view text);

// RFC 4648 with padding required, ASCII white space ignored; nothing when malformed.
std::optional<std::string> DecodeBase64(std::string_view text);

// Lower case.
std::string HexEncode(std::string_view bytes);

// Single-quoted, control characters shown as \xNN: for paths and names inside sentences.
std::string Quoted(std::string_view text);

// Without what a program may have printed of a secret: the user's part of a URL, a private key.
std::string Redacted(std::string_view text);

// "2026-11-24T20:18:00Z".
std::string FormatUtc(std::chrono::system_clock::time_point time);

// "2026-11-24".
std::string FormatUtcDate(std::chrono::system_clock::time_point time);

// At most `limit` bytes, the end of the text, cut at a line's start where one is near.
std::string Tail(std::string_view text, std::size_t limit);

// The folder part of an absolute path: "/a/b" -> "/a", "/a" -> "/".
std::string ParentOf(std::string_view path);

// The last component: "/a/b" -> "b".
std::string NameOf(std::string_view path);

}  // namespace dockerext
