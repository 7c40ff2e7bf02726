// SPDX-License-Identifier: MIT
#include "handler/base/redact.hpp"

#include <array>

#include "handler/base/redact_rules.hpp"

namespace dockerext {
namespace redact {
namespace {

using Rule = void (*)(const Source&, Spans&);
constexpr std::array<Rule, 13> kRules = {
    FindUrls,    FindEncodedUrls,   FindBareAuthorities, FindBareUserParts, FindKeys,
    FindSchemes, FindSignedQueries, FindQueryValues,     FindTokens,        FindPrivateKeys,
    FindMaps,    FindConflicts,     FindInvalidPorts};

Spans Merged(Spans spans) {
  std::erase_if(spans, [](const Span& span) { return span.end <= span.begin; });
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  Spans merged;
  for (const Span& span : spans) {
    if (!merged.empty() && span.begin <= merged.back().end)
      merged.back().end = std::max(merged.back().end, span.end);
    else
      merged.push_back(span);
  }
  return merged;
}

std::string RedactedOnce(std::string_view text) {
  Source source{text, std::string(text)};
  std::transform(text.begin(), text.end(), source.lower.begin(),
                 [](char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  Spans found;
  for (const Rule rule : kRules) rule(source, found);
  std::string redacted;
  std::size_t shown = 0;
  for (const Span& span : Merged(std::move(found))) {
    redacted.append(text.substr(shown, span.begin - shown)).append(kHidden);
    shown = span.end;
  }
  return redacted.append(text.substr(shown));
}

}  // namespace
}  // namespace redact

// Without the secrets a text may be read otherwise, say with quotes that were in one: hence until it is
// stable.
std::string Redacted(std::string_view text) {
  constexpr int kMostPasses = 8;
  std::string redacted(text);
  for (int pass = 0; pass < kMostPasses; ++pass) {
    std::string again = redact::RedactedOnce(redacted);
    if (again == redacted) break;
    redacted = std::move(again);
  }
  return redacted;
}

std::string ShownName(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (name.size() <= kLongest && std::all_of(name.begin(), name.end(), is_plain)) return std::string(name);
  return "(a name of " + std::to_string(name.size()) + " characters)";
}

}  // namespace dockerext
