// SPDX-License-Identifier: MIT
#include "handler/docker/daemon_json_syntax.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "handler/docker/daemon_json_encoding.hpp"

namespace dockerext {
namespace {

constexpr std::size_t kDepthLimit = 10000;
constexpr char32_t kReplacement = 0xFFFD;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Without recursion: the depth of a file is its author's choice.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }

  bool Value() {
    std::string closers;  // of the objects and arrays that are open
    for (;;) {
      Space();
      if (Take('{')) {
        closers += '}';
      } else if (Take('[')) {
        closers += ']';
      } else if (Scalar()) {
        if (!AfterValue(closers)) return false;
        if (closers.empty()) return true;
        continue;
      } else {
        return false;
      }
      if (closers.size() > kDepthLimit) return false;
      Space();
      if (Take(closers.back())) {
        closers.pop_back();
        if (!AfterValue(closers)) return false;
        if (closers.empty()) return true;
      } else if (closers.back() == '}' && !Key()) {
        return false;
      }
    }
  }

  bool Key() {
    Space();
    if (!String()) return false;
    Space();
    return Take(':');
  }

  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void Space() { at_ = SkipJsonSpace(text_, at_); }

 private:
  // What a value may be followed by: the ends of what it is in, or a comma and the beginning of the next one.
  bool AfterValue(std::string& closers) {
    while (!closers.empty()) {
      Space();
      if (Take(closers.back())) {
        closers.pop_back();
        continue;
      }
      if (!Take(',')) return false;
      return closers.back() == ']' || Key();
    }
    return true;
  }

  bool Scalar() { return Take("true") || Take("false") || Take("null") || String() || Number(); }

  bool Take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool String() {
    if (!Take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (static_cast<std::uint8_t>(c) < 0x20) return false;
      ++at_;
      if (c == '"') return true;
      if (c == '\\' && !Escape()) return false;
    }
    return false;
  }

  bool Escape() {
    if (!Take('u')) {
      if (at_ >= text_.size() || std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos) {
        return false;
      }
      ++at_;
      return true;
    }
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ >= text_.size() || !IsHexDigit(text_[at_])) return false;
    }
    return true;
  }

  bool Digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return at_ > begin;
  }

  // dockerd reads every number into a double first, whatever its key.
  bool Number() {
    const std::size_t begin = at_;
    (void)Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) (void)Take('-');
      if (!Digits()) return false;
    }
    const std::string number(text_.substr(begin, at_ - begin));
    return std::isfinite(std::strtod(number.c_str(), nullptr));
  }

  std::string_view text_;
  std::size_t at_;
};

// The four digits of \uXXXX at the beginning; -1 where there is none.
std::int32_t EscapedUnit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return -1;
  std::int32_t unit = 0;
  std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return unit;
}

// Moves `text` behind the escape at its beginning.
void AppendUnescaped(std::string& out, std::string_view& text) {
  const std::int32_t unit = EscapedUnit(text);
  if (unit < 0) {
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kCharacters = "\b\f\n\r\t";
    const auto index = kNames.find(text[1]);
    out += index == std::string_view::npos ? text[1] : kCharacters[index];
    text.remove_prefix(2);
    return;
  }
  text.remove_prefix(6);
  if (unit < 0xD800 || unit > 0xDFFF) return AppendUtf8(out, static_cast<char32_t>(unit));
  const std::int32_t low = EscapedUnit(text);
  if (unit >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) return AppendUtf8(out, kReplacement);
  AppendUtf8(out, static_cast<char32_t>(0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)));
  text.remove_prefix(6);
}

}  // namespace

JsonScan ScanJsonValue(std::string_view text, std::size_t begin) {
  Scanner scanner(text, begin);
  const bool valid = scanner.Value();
  return {valid, scanner.at()};
}

std::vector<JsonMember> JsonMembers(std::string_view text, std::size_t begin) {
  std::vector<JsonMember> members;
  Scanner scanner(text, begin);
  (void)scanner.Take('{');
  scanner.Space();
  if (scanner.Take('}')) return members;
  do {
    scanner.Space();
    const std::size_t key_begin = scanner.at();
    if (!scanner.Key()) break;
    const std::string_view key =
        text.substr(key_begin, text.find_last_of('"', scanner.at() - 1) + 1 - key_begin);
    scanner.Space();
    const std::size_t value_begin = scanner.at();
    if (!scanner.Value()) break;
    members.push_back({JsonString(key), value_begin, scanner.at()});
    scanner.Space();
  } while (scanner.Take(','));
  return members;
}

std::vector<std::string_view> JsonElements(std::string_view array) {
  std::vector<std::string_view> elements;
  Scanner scanner(array, 0);
  (void)scanner.Take('[');
  scanner.Space();
  if (scanner.Take(']')) return elements;
  do {
    scanner.Space();
    const std::size_t begin = scanner.at();
    if (!scanner.Value()) break;
    elements.push_back(array.substr(begin, scanner.at() - begin));
    scanner.Space();
  } while (scanner.Take(','));
  return elements;
}

std::string JsonString(std::string_view literal) {
  std::string out;
  std::string_view rest = literal.substr(1, literal.size() - 2);
  while (!rest.empty()) {
    if (rest.front() == '\\') {
      AppendUnescaped(out, rest);
      continue;
    }
    const std::size_t length = Utf8Length(rest);
    if (length == 0) {
      AppendUtf8(out, kReplacement);
    } else {
      out += rest.substr(0, length);
    }
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::size_t SkipJsonSpace(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

}  // namespace dockerext
