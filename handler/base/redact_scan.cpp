// SPDX-License-Identifier: MIT
#include "handler/base/redact_scan.hpp"

namespace dockerext::redact {
namespace {

constexpr std::size_t kLookBack = 256;  // bounds the cost of a text without blanks

std::size_t BackslashesBefore(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (count < at && text[at - count - 1] == '\\') ++count;
  return count;
}

// An apostrophe within a word or before an '@' closes nothing.
bool ClosesAsApostrophe(std::string_view text, std::size_t at) {
  return at + 1 == text.size() || (!IsAlphanumeric(text[at + 1]) && text[at + 1] != '@');
}

}  // namespace

std::size_t LineEnd(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

std::size_t QuotedEnd(std::string_view text, std::size_t open) {
  const char quote = text[open];
  const std::size_t line_end = LineEnd(text, open);
  const std::size_t depth = BackslashesBefore(text, open);
  for (auto at = text.find(quote, open + 1); at < line_end; at = text.find(quote, at + 1)) {
    // Within quotes a backslash is written as two, and so on at each further depth.
    const std::size_t escapes = BackslashesBefore(text, at);
    const bool is_same_depth = escapes % (2 * (depth + 1)) == depth;
    if (is_same_depth && (quote != '\'' || ClosesAsApostrophe(text, at))) return at - depth;
  }
  return line_end;
}

Span ArgumentAt(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < kLookBack && !IsBlank(text[begin - 1]) && !IsQuote(text[begin - 1]))
    --begin;
  const std::size_t word_end = std::min(text.find_first_of(" \t\r\n", at), text.size());
  if (begin == 0 || !IsQuote(text[begin - 1])) return {begin, word_end};
  const std::size_t quoted_end = QuotedEnd(text, begin - 1);
  // A quote that closes what was before it, or an apostrophe, opens nothing.
  return {begin, quoted_end == LineEnd(text, at) ? word_end : quoted_end};
}

Span ValueAt(std::string_view text, std::size_t at, std::size_t key) {
  const std::size_t quote = text.find_first_not_of('\\', at);
  if (quote < text.size() && IsQuote(text[quote])) return {quote + 1, QuotedEnd(text, quote)};
  const std::size_t word_end = std::min(text.find_first_of(" \t\r\n", at), text.size());
  const std::size_t argument_end = ArgumentAt(text, key).end;
  std::size_t end = argument_end >= at ? argument_end : word_end;
  while (end > at && (text[end - 1] == ')' || text[end - 1] == ']')) --end;  // of what is around it
  return {at, end};
}

bool IsRandom(std::string_view word) {
  constexpr std::size_t kShortest = 6;
  const bool has_digit = std::any_of(word.begin(), word.end(), IsDigit);
  const bool has_lower = std::any_of(word.begin(), word.end(), IsLower);
  const bool has_inner_upper = word.size() > 1 && std::any_of(word.begin() + 1, word.end(), IsUpper);
  return word.size() >= kShortest && (has_digit || (has_lower && has_inner_upper));
}

}  // namespace dockerext::redact
