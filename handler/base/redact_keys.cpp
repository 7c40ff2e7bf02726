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
constexpr std::array<std::string_view, 19> kSecretKeys = {
    "token",      "secret",     "secretkey",   "secretkeybase", "accesskey",     "accesskeyid",
    "accountkey", "apikey",     "privatekey",  "sharedkey",     "encryptionkey", "sharedaccesssignature",
    "signature",  "credential", "credentials", "authkey",       "auth",          "sastoken",
    "pass"};
constexpr std::array<std::string_view, 2> kNoSecretKeys = {"bypass", "compass"};
constexpr std::array<std::string_view, 5> kHeaders = {"authorization", "xregistryauth", "xregistryconfig",
                                                      "cookie", "setcookie"};

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
  if (EndsWithOneOf(name, kSecretKeys) && !EndsWithOneOf(name, kNoSecretKeys)) return KeyKind::kSecret;
  return name.ends_with("proxy") ? KeyKind::kProxy : KeyKind::kOther;
}

struct Value {
  Span span;
  bool is_told = false;  // "token: x", which may as well be a sentence
};

// Whether a value may follow behind a blank: "--token x", "--log-opt=splunk-token x".
bool IsFlag(std::string_view text, Span key) {
  if (text.substr(key.begin).starts_with("--")) return true;
  return key.begin > 0 && text[key.begin - 1] == '=' &&
         text.substr(ArgumentAt(text, key.begin).begin).starts_with("--");
}

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
  const bool is_flag = separator > at && text[begin] != '-' && IsFlag(text, key);
  if (after == separator && (is_quoted || !is_flag)) return std::nullopt;
  const std::size_t content = skip(begin, "\\");
  const bool opens_quote = content < text.size() && IsQuote(text[content]);
  if (IsHidden(text, opens_quote ? content + 1 : begin)) return std::nullopt;
  const bool is_told = !is_quoted && after == separator + 1 && text[separator] == ':' && begin > after;
  return Value{ValueAt(text, begin, key.begin), is_told};
}

// "Basic dXNlcg==" and "Bearer abc" end with the word; of another scheme all of the line is hidden.
Span HeaderValue(const Source& source, Span value) {
  constexpr std::array<std::string_view, 4> kSchemes = {"basic ", "bearer ", "token ", "negotiate "};
  const std::size_t begin = value.begin + (source.text[value.begin] == '[' ? 1 : 0);
  if (IsQuote(source.text[value.begin - 1])) return value;
  if (IsHidden(source.text, begin)) return {begin, begin + kHidden.size()};
  for (const std::string_view scheme : kSchemes) {
    if (!std::string_view(source.lower).substr(begin).starts_with(scheme)) continue;
    const Span credentials = ValueAt(source.text, begin + scheme.size(), value.begin);
    return {begin, std::max(credentials.end, value.end)};
  }
  return {begin, std::max(value.end, LineEnd(source.text, begin))};
}

// "password: two words", up to a quote: what is told may be all of a line.
Span ToldPassword(std::string_view text, Span value) {
  const std::size_t line_end = LineEnd(text, value.begin);
  const std::size_t quote = text.substr(0, line_end).find('"', value.begin);
  return {value.begin, std::max(value.end, std::min(quote, line_end))};
}

Span SecretOf(const Source& source, KeyKind kind, const Value& value) {
  const Span span = value.span;
  const bool is_quoted = IsQuote(source.text[span.begin - 1]);
  if (kind == KeyKind::kPassword && value.is_told && !is_quoted) return ToldPassword(source.text, span);
  if (kind == KeyKind::kHeader) return HeaderValue(source, span);
  if (kind == KeyKind::kProxy) return ProxyUserPart(source.text, span);
  const bool is_sentence = kind == KeyKind::kSecret && value.is_told && !is_quoted &&
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
