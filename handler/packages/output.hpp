// SPDX-License-Identifier: MIT
// Reading what package managers print: phrases, lines and excerpts. Private to this room.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "handler/errors/machine.hpp"

namespace dockerext {

bool Contains(std::string_view output, std::string_view phrase);
bool ContainsOneOf(std::string_view output, std::span<const std::string_view> phrases);
bool StartsWithOneOf(std::string_view line, std::span<const std::string_view> starts);

// Runs of blanks become one.
std::string CollapseBlanks(std::string_view line);
// The words between blanks.
std::vector<std::string> WordsOf(std::string_view line);
// The lines that are not empty.
std::vector<std::string> NamesInLines(std::string_view list);

// Adds a line unless another says the same and more.
void AddLine(std::vector<std::string>& excerpt, const std::string& line);
// In one line, without a full stop at its end.
std::string AsSentence(const std::vector<std::string>& excerpt);
// The lines that name a cause, so.
std::string ExcerptOf(std::string_view output, bool (*names_cause)(std::string_view line));

struct PhraseOfCause {
  std::string_view phrase;
  const ErrorRow* row;
};

// That of the first phrase that occurs; kPackagesOther.
const ErrorRow& FirstCause(std::span<const PhraseOfCause> phrases, std::string_view excerpt);

}  // namespace dockerext
