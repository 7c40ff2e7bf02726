// SPDX-License-Identifier: MIT
// What follows the name of a secret: "password=", "token: ", "Authorization: ", "--secret ".
#include <array>
#include <optional>

#include "handler/base/redact_rules.hpp"

namespace dockerext::redact {
namespace {

bool EndsWithOneOf(std::string_view text, auto&& ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}

constexpr std::array<std::string_view, 4> kPasswordKeys = {"password", "passwd", "passphrase", "pwd"};
constexpr std::array<std::string_view, 17> kSecretKeys = {"token",
                                                          "secret",
                                                          "secretkey",
                                                          "accesskey",
                                                          "accesskeyid",
                                                          "accountkey",
                                                          "apikey",
                                                          "privatekey",
                                                          "sharedkey",
                                                          "encryptionkey",
                                                          "sharedaccesssignature",
                                                          "signature",
                                                          "credential",
                                                          "credentials",
                                                          "authkey",
                                                          "auth",
                                                          "sastoken"};
constexpr std::array<std::string_view, 3> kHeaders = {"authorization", "xregistryauth", "xregistryconfig"};

enum class KeyKind { kOther, kPassword, kSecret, kHeader, kProxy };

// By the end of its name in small letters, without what separates words: "splunk-token", "AccountKey".
KeyKind KindOf(std::string_view key) {
  std::string name;
  for (const char c : key) {
    if (c != '-' && c != '_' && c != '.') name += c;
  }
  while (!name.empty() && IsDigit(name.back())) name.pop_back();
  if (EndsWithOneOf(name, kHeaders)) return KeyKind::kHeader;
  if (EndsWithOneOf(name, kPasswordKeys)) return KeyKind::kPassword;
  if (EndsWithOneOf(name, kSecretKeys)) return KeyKind::kSecret;
  return name.ends_with("proxy") ? KeyKind::kProxy : KeyKind::kOther;
}

struct Value {
  Span span;
  bool is_told = false;  // "token: x", which may as well be a sentence
};

// What follows `key=`, `key: `, `"key": ` or `--key `.
std::optional<Value> ValueOf(std::string_view text, Span key) {
  const auto skip = [&](std::size_t from, std::string_view characters) {
    return std::min(text.find_first_not_of(characters, from), text.size());
  };
  std::size_t at = skip(key.end, "\\");
  const bool is_quoted = at < text.size() && IsQuote(text[at]);
  at = is_quoted ? at + 1 : key.end;
  const std::size_t separator = skip(at, " \t");
  const std::size_t after = skip(separator, "=:>");
  const std::size_t begin = skip(after, " \t");
  if (begin == text.size() || text[begin] == '\n' || text[begin] == '\r') return std::nullopt;
  const bool is_flag = text.substr(key.begin).starts_with("--") && separator > at && text[begin] != '-';
  if (after == separator && (is_quoted || !is_flag)) return std::nullopt;
  const bool is_told = !is_quoted && after == separator + 1 && text[separator] == ':' && begin > after;
  return Value{ValueAt(text, begin, key.begin), is_told};
}

// "Basic dXNlcg==" and "Bearer abc" end with the word; of another scheme all of the line is hidden.
Span HeaderValue(const Source& source, Span value) {
  constexpr std::array<std::string_view, 4> kSchemes = {"basic ", "bearer ", "token ", "negotiate "};
  const std::size_t begin = value.begin + (source.text[value.begin] == '[' ? 1 : 0);
  if (IsQuote(source.text[value.begin - 1])) return value;
  if (source.text.substr(begin).starts_with(kHidden)) return {begin, begin + kHidden.size()};
  for (const std::string_view scheme : kSchemes) {
    if (!std::string_view(source.lower).substr(begin).starts_with(scheme)) continue;
    const Span credentials = ValueAt(source.text, begin + scheme.size(), value.begin);
    return {begin, std::max(credentials.end, value.end)};
  }
  return {begin, std::max(value.end, LineEnd(source.text, begin))};
}

Span SecretOf(const Source& source, KeyKind kind, const Value& value) {
  const Span span = value.span;
  if (kind == KeyKind::kHeader) return HeaderValue(source, span);
  if (kind == KeyKind::kProxy) return ProxyUserPart(source.text, span);
  const bool is_sentence = kind == KeyKind::kSecret && value.is_told &&
                           !IsRandom(source.text.substr(span.begin, span.end - span.begin));
  return is_sentence ? Span{} : span;
}

}  // namespace

void FindKeys(const Source& source, Spans& spans) {
  const std::string_view text = source.text;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!IsKeyCharacter(text[begin])) continue;
    Span key{begin, begin};
    while (key.end < text.size() && IsKeyCharacter(text[key.end])) ++key.end;
    const KeyKind kind = KindOf(std::string_view(source.lower).substr(begin, key.end - begin));
    begin = key.end;
    if (kind == KeyKind::kOther) continue;
    const auto value = ValueOf(text, key);
    if (!value || value->span.end <= value->span.begin) continue;
    spans.push_back(SecretOf(source, kind, *value));
    if (kind != KeyKind::kProxy) begin = std::max(begin, spans.back().end);
  }
}

}  // namespace dockerext::redact
