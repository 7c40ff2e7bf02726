// SPDX-License-Identifier: MIT
// User parts: what stands before the '@' of a URL, a proxy, or "user:password@host".
#include <algorithm>
#include <array>

#include "handler/base/redact_rules.hpp"

namespace dockerext::redact {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// "image@sha256:..." names an image, and no host.
bool IsDigest(std::string_view text) {
  constexpr std::array<std::string_view, 3> kAlgorithms = {"sha256:", "sha384:", "sha512:"};
  return std::any_of(kAlgorithms.begin(), kAlgorithms.end(),
                     [&](std::string_view algorithm) { return text.starts_with(algorithm); });
}

// Where the user part of "user:password@host" ends. The last '@' counts: a password may hold one.
std::size_t UserPartEnd(std::string_view text) {
  std::size_t at = text.rfind('@');
  while (at != kNone && IsDigest(text.substr(at + 1))) at = at == 0 ? kNone : text.rfind('@', at - 1);
  return at;
}

// Whether the text that is before the path can be nothing but a host and its port.
bool IsHostAndPort(std::string_view authority) {
  const auto bracket = authority.starts_with('[') ? authority.find(']') : kNone;  // "[::1]:80"
  const auto colon = authority.find(':', bracket == kNone ? 0 : bracket);
  if (colon == kNone) return true;
  const std::string_view port = authority.substr(colon + 1);
  return std::all_of(port.begin(), port.end(), IsDigit) && port.size() <= 5;
}

std::string_view AuthorityOf(std::string_view after_scheme) {
  return after_scheme.substr(0, after_scheme.find_first_of("/?#"));
}

// A '/' ends the authority, unless the text before it cannot be host and port: then it is in a password.
bool HasUserPart(std::string_view after_scheme) {
  const std::string_view authority = AuthorityOf(after_scheme);
  return authority.find('@') != kNone || !IsHostAndPort(authority);
}

// Of a user part that no '@' of its argument ends: "user:p%40host:1", "user:two words@host". Empty when there
// is none.
Span OpenUserPart(const Source& source, Span url) {
  constexpr std::size_t kFar = 64;  // a password's length, at most; what is further is another address
  constexpr std::string_view kAt = "%40";
  const std::string_view text = source.text;
  const std::string_view authority = AuthorityOf(text.substr(url.begin, url.end - url.begin));
  if (IsHostAndPort(authority)) return {};
  const std::size_t encoded = authority.rfind(kAt);
  if (encoded != kNone) return {url.begin, url.begin + encoded};
  const std::string_view behind = text.substr(url.end, kFar);
  const std::size_t at = behind.substr(0, behind.find('\n')).find('@');
  return at == kNone ? Span{} : Span{url.begin, url.end + at};
}

}  // namespace

void FindUrls(const Source& source, Spans& spans) {
  for (auto at = source.text.find("://"); at != kNone; at = source.text.find("://", at + 1)) {
    const std::size_t begin = at + 3;
    const std::size_t argument_end = ArgumentAt(source.text, at).end;
    if (argument_end <= begin) continue;
    const std::string_view url = source.text.substr(begin, argument_end - begin);
    const std::size_t end = UserPartEnd(url);
    if (end == kNone)
      spans.push_back(OpenUserPart(source, {begin, argument_end}));
    else if (HasUserPart(url))
      spans.push_back({begin, begin + end});
    // All that may be hidden is: a text of many "://" must not be read to its end for each.
    at = end == kNone ? argument_end - 1 : begin;
  }
}

// URLs within an encoded query, and with the slashes as some print them in JSON.
void FindEncodedUrls(const Source& source, Spans& spans) {
  constexpr std::array<std::array<std::string_view, 2>, 2> kForms = {
      {{"%3a%2f%2f", "%40"}, {":\\/\\/", "@"}}};
  for (const auto& [separator, at_sign] : kForms) {
    for (auto at = source.lower.find(separator); at != kNone; at = source.lower.find(separator, at + 1)) {
      const std::size_t begin = at + separator.size();
      const std::size_t argument_end = ArgumentAt(source.text, at).end;
      const std::size_t end = source.lower.rfind(at_sign, argument_end);
      const bool has_user_part = end != kNone && end >= begin;
      if (has_user_part) spans.push_back({begin, end});
      at = std::max(at, has_user_part ? end : argument_end - 1);
    }
  }
}

// "//user:password@host", at the beginning of an argument: a URL whose scheme is missing.
void FindBareAuthorities(const Source& source, Spans& spans) {
  for (auto at = source.text.find("//"); at != kNone; at = source.text.find("//", at + 1)) {
    const char before = at == 0 ? ' ' : source.text[at - 1];
    if (!IsBlank(before) && !IsQuote(before) && before != '=') continue;
    const Span argument = ArgumentAt(source.text, at);
    const std::size_t begin = at + 2;
    at = std::max(at, argument.end - 1);
    if (argument.end <= begin) continue;
    const std::string_view url = source.text.substr(begin, argument.end - begin);
    const std::size_t end = UserPartEnd(url);
    if (end != kNone && url.substr(0, end).find(':') != kNone && HasUserPart(url))
      spans.push_back({begin, begin + end});
  }
}

// "user:password@host:3128", as a proxy may be given. A path is kept: "/a:b@c", "a:/b@c".
void FindBareUserParts(const Source& source, Spans& spans) {
  const std::string_view text = source.text;
  for (auto at = text.find('@'); at != kNone; at = text.find('@', at + 1)) {
    Span argument = ArgumentAt(text, at);
    const std::size_t end =
        argument.begin + UserPartEnd(text.substr(argument.begin, argument.end - argument.begin));
    at = std::max(at, argument.end - 1);
    if (end < argument.begin || end >= argument.end) continue;
    const std::string_view before = text.substr(argument.begin, end - argument.begin);
    const std::size_t colon = before.find(':');
    const std::size_t start = before.substr(0, colon).find_last_of("=([{,;") + 1;  // npos + 1 is 0
    const std::string_view password =
        before.substr(std::min(before.find_first_not_of('\\', colon + 1), before.size()));
    if (colon == kNone || colon == start || before.substr(start).starts_with('/')) continue;
    // "http:/user:password@host": a slash is missing.
    const bool is_path = password.starts_with('/');
    const bool is_url = is_path && password.substr(1).find_first_of("/:") != kNone &&
                        password[password.find_first_of("/:", 1)] == ':';
    if (!is_path)
      spans.push_back({argument.begin + start, end});
    else if (is_url)
      spans.push_back({argument.begin + colon + 2, end});
  }
}

Span ProxyUserPart(std::string_view text, Span proxy) {
  const std::string_view value = text.substr(proxy.begin, proxy.end - proxy.begin);
  const std::size_t end = UserPartEnd(value);
  const std::size_t scheme = value.find("://");
  const std::size_t begin = scheme == kNone || scheme > end ? 0 : scheme + 3;
  return end == kNone ? Span{} : Span{proxy.begin + begin, proxy.begin + end};
}

}  // namespace dockerext::redact
