// SPDX-License-Identifier: MIT
// Small pure functions on text: splitting, joining, numbers, base64, hex, UTC times. Independent
// of Docker and of the agent.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

// Without leading and trailing white space.
std::string_view Trim(std::string_view text);

// The parts between separators, empty ones included; "" gives one empty part.
std::vector<std::string> Split(std::string_view text, char separator);

std::string Join(const std::vector<std::string>& parts, std::string_view separator);

// Decimal digits only: nullopt for an empty text, a sign, white space, or a number out of range.
std::optional<std::uint64_t> ParseUnsigned(std::string_view text);

// RFC 4648 with padding required, ASCII white space ignored; nullopt when malformed.
std::optional<std::string> DecodeBase64(std::string_view text);

// Lower case.
std::string HexEncode(std::string_view bytes);

// Single-quoted, control characters shown as \xNN: for paths and names in messages.
std::string Quoted(std::string_view text);

// "2026-11-24T20:18:00Z".
std::string FormatUtc(std::chrono::system_clock::time_point time);

// "2026-11-24".
std::string FormatUtcDate(std::chrono::system_clock::time_point time);

// The last `limit` bytes at most, cut at the start of a line when there is one in the first half.
std::string Tail(std::string_view text, std::size_t limit);

// The folder part of an absolute path: "/a/b" -> "/a", "/a" -> "/".
std::string ParentOf(std::string_view path);

// The last component: "/a/b" -> "b".
std::string NameOf(std::string_view path);

}  // namespace dockerext
