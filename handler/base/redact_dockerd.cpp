// SPDX-License-Identifier: MIT
// What dockerd and Go print of values: maps, both sides of a conflict, parts of a URL that cannot be parsed.
#include <algorithm>

#include "handler/base/redact_rules.hpp"

namespace dockerext::redact {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// A Go map, "map[splunk-token:x tag:y]"; "map[string]string" is a type. A value may hold a bracket.
Span MapContent(std::string_view text, std::size_t begin) {
  std::size_t depth = 1;
  for (std::size_t at = begin; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == '[') ++depth;
    if (text[at] == ']' && --depth == 0) return {begin, at};
  }
  return {begin, LineEnd(text, begin)};
}

// The secret part of one value of a conflict.
Span SecretInConflict(const Source& source, Span value, bool is_proxy) {
  if (is_proxy) return ProxyUserPart(source.text, value);
  const std::string_view text = source.text.substr(value.begin, value.end - value.begin);
  if (!text.starts_with("map[") || IsHidden(text, 4)) return {};
  return {value.begin + 4, text.ends_with(']') ? value.end - 1 : value.end};
}

}  // namespace

void FindMaps(const Source& source, Spans& spans) {
  for (auto at = source.text.find("map["); at != kNone; at = source.text.find("map[", at + 1)) {
    const Span content = MapContent(source.text, at + 4);
    const std::string_view text = source.text.substr(content.begin, content.end - content.begin);
    if (text.find(':') != kNone && !IsHidden(text, 0)) spans.push_back(content);
    at = std::max(at, content.end);
  }
}

// "log-opts: (from flag: map[a:b], from file: map[a:c]), hosts: (from flag: ...)": a value ends only where
// the next part begins, whatever brackets it holds. dockerd hides a proxy's password only in a URL that Go
// can parse.
void FindConflicts(const Source& source, Spans& spans) {
  constexpr std::string_view kFlag = " (from flag: ";
  constexpr std::string_view kFile = ", from file: ";
  const std::string_view text = source.text;
  for (auto at = text.find(kFlag); at != kNone; at = text.find(kFlag, at + 1)) {
    const std::size_t end = std::min(LineEnd(text, at), text.find(kFlag, at + 1));
    const Span flag{at + kFlag.size(), std::min(text.find(kFile, at), end)};
    const bool is_proxy = text.substr(0, at).ends_with("proxy:");
    spans.push_back(SecretInConflict(source, flag, is_proxy));
    if (flag.end == end) continue;
    const std::size_t begin = flag.end + kFile.size();
    const std::size_t close = text.substr(0, end).rfind(')');
    spans.push_back(
        SecretInConflict(source, {begin, close == kNone || close < begin ? end : close}, is_proxy));
  }
}

// Go's own words about a URL that it cannot parse quote a part of the password as a port.
void FindInvalidPorts(const Source& source, Spans& spans) {
  constexpr std::string_view kPhrase = "invalid port ";
  for (auto at = source.text.find(kPhrase); at != kNone; at = source.text.find(kPhrase, at + 1)) {
    const Span value = ValueAt(source.text, at + kPhrase.size(), at + kPhrase.size());
    const std::string_view port = source.text.substr(value.begin, value.end - value.begin);
    if (port.starts_with(':') && !IsHidden(port, 1) && !std::all_of(port.begin() + 1, port.end(), IsDigit))
      spans.push_back({value.begin + 1, value.end});
  }
}

}  // namespace dockerext::redact
