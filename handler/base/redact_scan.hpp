// SPDX-License-Identifier: MIT
// Where words, arguments, quotes and lines of a text begin and end, for the rules of redact.cpp.
// Private to this room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::redact {

// What stands for a secret.
inline constexpr std::string_view kHidden = "***";

// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};
using Spans = std::vector<Span>;

// A text, and the same in lower case for what is found in any case.
struct Source {
  std::string_view text;
  std::string lower;
};

inline bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
inline bool IsQuote(char c) { return c == '"' || c == '\'' || c == '`'; }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
inline bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool IsAlphanumeric(char c) { return IsDigit(c) || IsLower(c) || IsUpper(c); }
// Of the name of a key: "splunk-token", "HTTP_PROXY", "com.example.secret".
inline bool IsKeyCharacter(char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; }

// Whether what begins there was hidden before, when its text entered a sentence: what follows it is ours, and
// a quote that it opened is not closed.
inline bool IsHidden(std::string_view text, std::size_t at) { return text.substr(at).starts_with(kHidden); }

std::size_t LineEnd(std::string_view text, std::size_t at);

// Where the text that the quote at `open` begins ends: at a quote of its kind that is escaped as it is, or at
// the end of the line.
std::size_t QuotedEnd(std::string_view text, std::size_t open);

// The argument that holds `at`: the text between quotes if a quote is before it, otherwise up to blanks.
Span ArgumentAt(std::string_view text, std::size_t at);

// The value that begins at `at`: what is between quotes if a quote is there, otherwise the rest of the
// argument that holds `key`.
Span ValueAt(std::string_view text, std::size_t at, std::size_t key);

// Whether a word looks like a token rather than like one of a sentence.
bool IsRandom(std::string_view word);

}  // namespace dockerext::redact
