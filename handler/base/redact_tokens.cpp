// SPDX-License-Identifier: MIT
// Secrets with a shape of their own: signed queries, "Bearer x", known prefixes, private keys in PEM.
#include <array>

#include "handler/base/redact_rules.hpp"

namespace dockerext::redact {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// "\u0026" is "&" as Go prints it in JSON, "%26" the same within another query.
bool BeginsName(const Source& source, std::size_t at) {
  const auto before = std::string_view(source.lower).substr(0, at);
  return before.empty() || !IsAlphanumeric(before.back()) || before.ends_with("\\u0026") ||
         before.ends_with("%26");
}

struct TokenForm {
  std::string_view prefix;
  std::size_t shortest;  // with the prefix
};

constexpr std::array<TokenForm, 18> kTokenForms = {{
    {"AKIA", 20},            // AWS
    {"ASIA", 20},            // AWS, temporary
    {"eyJ", 20},             // JSON in base64: a JWT, X-Registry-Auth
    {"LS0tLS1CRUdJTi", 20},  // PEM in base64
    {"SWMTKN-1-", 20},       // Swarm
    {"SWMKEY-1-", 20},
    {"dckr_pat_", 16},
    {"dckr_oat_", 16},
    {"ghp_", 20},
    {"ghs_", 20},
    {"github_pat_", 20},
    {"glpat-", 16},
    {"npm_", 20},
    {"xoxb-", 14},  // Slack: bots, users
    {"xoxp-", 14},
    {"hooks.slack.com/services/", 30},
    {"sk-", 24},  // OpenAI and others
    {"sk_live_", 20},
}};

std::size_t TokenEnd(std::string_view text, std::size_t at) {
  const auto is_token = [](char c) {
    return IsKeyCharacter(c) || c == '+' || c == '/' || c == '=' || c == '~';
  };
  while (at < text.size() && is_token(text[at])) ++at;
  return at;
}

// Of base64 in lines, and of "\n" for their ends.
bool IsPemContent(char c) {
  return IsAlphanumeric(c) || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r' || c == '\\';
}

}  // namespace

// "Bearer abc" without its header. A challenge ("Bearer realm=...") holds no secret.
void FindSchemes(const Source& source, Spans& spans) {
  constexpr std::array<std::string_view, 2> kSchemes = {"basic ", "bearer "};
  for (const std::string_view scheme : kSchemes) {
    for (auto at = source.lower.find(scheme); at != kNone; at = source.lower.find(scheme, at + 1)) {
      const std::size_t begin = at + scheme.size();
      const std::size_t end = TokenEnd(source.text, begin);
      const std::string_view text = source.text.substr(begin, end - begin);
      if (IsRandom(text) && !text.starts_with("realm=")) spans.push_back({begin, end});
    }
  }
}

// A query with a signature, or with a part of a SAS, whole: its parts stand in any order.
void FindSignedQueries(const Source& source, Spans& spans) {
  constexpr std::array<std::string_view, 5> kNames = {"sig=", "sig%3d", "signature=", "se=", "sv="};
  for (const std::string_view name : kNames) {
    for (auto at = source.lower.find(name); at != kNone; at = source.lower.find(name, at + 1)) {
      const Span argument = ArgumentAt(source.text, at);
      const std::size_t query = source.text.substr(argument.begin, at - argument.begin).find('?');
      if (!BeginsName(source, at) || (query == kNone && !name.starts_with("sig"))) continue;
      const std::size_t begin = query == kNone ? at + name.size() : argument.begin + query + 1;
      if (!IsHidden(source.text, begin)) spans.push_back({begin, argument.end});
      at = std::max(at, argument.end - 1);
    }
  }
}

// "?key=x", "&code=x": words that are no secret's name elsewhere.
void FindQueryValues(const Source& source, Spans& spans) {
  constexpr std::array<std::string_view, 2> kNames = {"key=", "code="};
  for (const std::string_view name : kNames) {
    for (auto at = source.lower.find(name); at != kNone; at = source.lower.find(name, at + 1)) {
      const auto before = std::string_view(source.lower).substr(0, at);
      if (!before.ends_with('?') && !before.ends_with('&') && !before.ends_with("\\u0026")) continue;
      const std::size_t begin = at + name.size();
      const std::size_t end = source.text.find_first_of("&#\\\"'` \t\r\n", begin);
      spans.push_back({begin, std::min(end, source.text.size())});
      at = spans.back().end - 1;
    }
  }
}

void FindTokens(const Source& source, Spans& spans) {
  const std::string_view text = source.text;
  for (const TokenForm& form : kTokenForms) {
    for (auto at = text.find(form.prefix); at != kNone; at = text.find(form.prefix, at + 1)) {
      const std::size_t end = TokenEnd(text, at);
      const bool is_word = at == 0 || !IsAlphanumeric(text[at - 1]);
      if (is_word && end - at >= form.shortest) spans.push_back({at, end});
      at = end - 1;
    }
  }
}

// A key whose end is missing goes on to the end of the text; one whose begin is, as far back as it may be
// base64.
void FindPrivateKeys(const Source& source, Spans& spans) {
  constexpr std::string_view kMark = "private key-----";
  const std::string_view lower = source.lower;
  for (auto mark = lower.find(kMark); mark != kNone; mark = lower.find(kMark, mark + 1)) {
    const std::string_view before = lower.substr(0, mark);
    const std::size_t line = before.rfind("-----");
    const std::size_t after = mark + kMark.size();
    if (line != kNone && before.substr(line).starts_with("-----begin ")) {
      const std::size_t end = lower.find(kMark, after);
      spans.push_back({line, end == kNone ? lower.size() : end + kMark.size()});
      mark = spans.back().end - 1;
    } else if (line != kNone && before.substr(line).starts_with("-----end ")) {
      std::size_t begin = line;
      while (begin > 0 && IsPemContent(source.text[begin - 1])) --begin;
      spans.push_back({begin, after});
    }
  }
}

}  // namespace dockerext::redact
