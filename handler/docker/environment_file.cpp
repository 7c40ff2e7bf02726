// SPDX-License-Identifier: MIT
#include "handler/docker/environment_file.hpp"

#include <algorithm>

#include "handler/base/utf8.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLineEnds = "\n\r";
constexpr std::string_view kWhiteSpace = " \t\n\r";

bool IsOneOf(char c, std::string_view characters) { return characters.find(c) != std::string_view::npos; }

std::string_view TakeUntil(std::string_view& rest, std::string_view ends) {
  const std::string_view taken = rest.substr(0, rest.find_first_of(ends));
  rest.remove_prefix(taken.size());
  return taken;
}

void Skip(std::string_view& rest, std::string_view characters) {
  rest.remove_prefix(std::min(rest.find_first_not_of(characters), rest.size()));
}

void SkipOne(std::string_view& rest) { rest.remove_prefix(std::min<std::size_t>(1, rest.size())); }

// Removes what stands between double quotes, the closing one included. A backslash counts before characters
// that are special in a shell, and before a line feed, which it removes; elsewhere it stays.
void TakeDoubleQuoted(std::string_view& rest, std::string& value) {
  for (; !rest.empty() && rest.front() != '"'; rest.remove_prefix(1)) {
    if (rest.front() != '\\') {
      value += rest.front();
      continue;
    }
    rest.remove_prefix(1);
    if (rest.empty()) return;
    if (rest.front() == '\n') continue;
    if (!IsOneOf(rest.front(), "\"\\`$")) value += '\\';
    value += rest.front();
  }
  SkipOne(rest);
}

void TakeSingleQuoted(std::string_view& rest, std::string& value) {
  value += TakeUntil(rest, "'");
  SkipOne(rest);
}

// Removes the rest of a value, in which quotes mean nothing. A backslash keeps the next character as it is
// and removes a line end.
void TakeUnquoted(std::string_view& rest, std::string& value) {
  std::size_t kept = value.size();  // blanks behind this do not belong to the value
  while (!rest.empty() && !IsOneOf(rest.front(), kLineEnds)) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\\') {
      if (!rest.empty() && !IsOneOf(rest.front(), kLineEnds)) value += rest.front();
      SkipOne(rest);
      kept = value.size();
    } else {
      value += c;
      if (!IsOneOf(c, kBlanks)) kept = value.size();
    }
  }
  value.resize(kept);
}

// Quoted parts, then an unquoted one.
std::string TakeValue(std::string_view& rest) {
  std::string value;
  while (true) {
    Skip(rest, kBlanks);
    const char c = rest.empty() ? '\n' : rest.front();
    if (c != '"' && c != '\'') break;
    rest.remove_prefix(1);
    if (c == '"')
      TakeDoubleQuoted(rest, value);
    else
      TakeSingleQuoted(rest, value);
  }
  TakeUnquoted(rest, value);
  return value;
}

bool IsName(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

std::optional<Variable> ParseAssignment(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  if (!IsName(name) || !IsCleanUtf8(value)) return std::nullopt;
  return Variable{std::string(name), std::string(value)};
}

std::vector<Variable> ParseEnvironmentFile(std::string_view text) {
  std::vector<Variable> variables;
  if (text.find('\0') != std::string_view::npos) return variables;
  for (Skip(text, kWhiteSpace); !text.empty(); Skip(text, kWhiteSpace)) {
    if (IsOneOf(text.front(), "#;")) {
      TakeUntil(text, kLineEnds);
      continue;
    }
    const std::string_view name = text.substr(0, text.find_first_of("=\n\r", 1));
    text.remove_prefix(name.size());
    if (!text.starts_with('=')) continue;  // a line without an assignment
    text.remove_prefix(1);
    const std::string value = TakeValue(text);
    if (!IsCleanUtf8(name) || !IsCleanUtf8(value)) return {};
    auto variable =
        ParseAssignment(std::string(name.substr(0, name.find_last_not_of(kBlanks) + 1)) + "=" + value);
    if (variable) variables.push_back(*std::move(variable));
  }
  return variables;
}

}  // namespace dockerext
