// SPDX-License-Identifier: MIT
#include "handler/packages/output.hpp"

#include <algorithm>

#include "handler/base/text.hpp"

namespace dockerext {

bool Contains(std::string_view output, std::string_view phrase) {
  return output.find(phrase) != std::string_view::npos;
}

bool ContainsOneOf(std::string_view output, std::span<const std::string_view> phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return Contains(output, phrase); });
}

bool StartsWithOneOf(std::string_view line, std::span<const std::string_view> starts) {
  return std::ranges::any_of(starts, [&](std::string_view start) { return line.starts_with(start); });
}

std::vector<std::string> WordsOf(std::string_view line) {
  std::vector<std::string> words = Split(line, ' ');
  std::erase(words, "");
  return words;
}

std::string CollapseBlanks(std::string_view line) { return Join(WordsOf(line), " "); }

std::vector<std::string> NamesInLines(std::string_view list) {
  auto names = Split(list, '\n');
  std::erase(names, "");
  return names;
}

namespace {

bool IsOfName(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

// Whether `text` has `part`, which does not end within a name there: "docker-ce" is not in "docker-ce-cli".
bool Says(std::string_view text, std::string_view part) {
  const auto at = text.find(part);
  if (at == std::string_view::npos) return false;
  const auto end = at + part.size();
  return part.empty() || end == text.size() || !IsOfName(part.back()) || !IsOfName(text[end]);
}

}  // namespace

void AddLine(std::vector<std::string>& excerpt, const std::string& line) {
  if (std::ranges::any_of(excerpt, [&](const auto& other) { return Says(other, line); })) return;
  std::erase_if(excerpt, [&](const auto& other) { return Says(line, other); });
  excerpt.push_back(line);
}

std::string AsSentence(const std::vector<std::string>& excerpt) {
  std::string text = Join(excerpt, " ");
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string ExcerptOf(std::string_view output, bool (*names_cause)(std::string_view line)) {
  std::vector<std::string> excerpt;
  for (const std::string& line : Split(output, '\n')) {
    if (names_cause(line)) AddLine(excerpt, CollapseBlanks(line));
  }
  return AsSentence(excerpt);
}

const ErrorRow& FirstCause(std::span<const PhraseOfCause> phrases, std::string_view excerpt) {
  for (const PhraseOfCause& cause : phrases) {
    if (Contains(excerpt, cause.phrase)) return *cause.row;
  }
  return errors::kPackagesOther;
}

}  // namespace dockerext
