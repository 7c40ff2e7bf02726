// SPDX-License-Identifier: MIT
#include "handler/base/pem.hpp"

#include <algorithm>

#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr auto kNone = std::string_view::npos;

// Go's getLine: up to LF or CRLF, without blanks at its end; `text` is advanced behind it.
std::string_view TakeLine(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == kNone ? text.size() : end + 1);
  if (end != kNone && line.ends_with('\r')) line.remove_suffix(1);
  const auto last = line.find_last_not_of(" \t");
  return last == kNone ? std::string_view() : line.substr(0, last + 1);
}

bool IsBase64(std::string_view body) {
  if (body.find_first_of("\v\f") != kNone) return false;  // DecodeBase64 skips these, Go does not
  auto bytes = DecodeBase64(body);
  if (!bytes) return false;
  Secret::Wipe(*bytes);
  return true;
}

// Where the lines "-----END <label>" begin, behind line ends; or 0 for one at once.
std::string_view BodyBefore(std::string_view rest, bool has_headers, std::string_view& behind) {
  const bool at_once = !has_headers && rest.starts_with(kEnd);
  const auto end = at_once ? 0 : rest.find("\n" + std::string(kEnd));
  if (end == kNone) return {};
  behind = rest.substr(end + (at_once ? 0 : 1) + kEnd.size());
  return rest.substr(0, end);
}

// The part that begins behind "-----BEGIN "; `rest` is advanced behind it when Go reads it.
PemPart TakePart(std::string_view& rest) {
  std::string_view text = rest;
  PemPart part;
  const std::string_view line = TakeLine(text);
  part.label = line.substr(0, line.find(kDashes));
  if (line.size() != part.label.size() + kDashes.size()) {
    part.defect = "does not have its BEGIN on a line of its own";
    return part;
  }
  const std::string end = std::string(part.label) + std::string(kDashes);
  for (std::string_view next = text; TakeLine(next).find(':') != kNone; text = next) part.has_headers = true;
  std::string_view behind;
  part.body = BodyBefore(text, part.has_headers, behind);
  const bool is_ended = behind.starts_with(end);
  if (is_ended) behind.remove_prefix(end.size());
  if (!is_ended || !TakeLine(behind).empty()) {
    part.defect = "is not followed by its line END " + std::string(part.label);
  } else if (!IsBase64(part.body)) {
    part.defect =
        "is damaged: there is something other than base64 between BEGIN and END, or some of it is lost";
  } else {
    rest = behind;
  }
  return part;
}

std::string InSmallLetters(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return small;
}

// As the base64 of each certificate begins, and nearly no line of a text.
bool BeginsCertificate(std::string_view line) {
  constexpr std::size_t kShortest = 60;
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.size() >= kShortest && line.starts_with("MI") && IsBase64(line.substr(0, line.size() / 4 * 4));
}

// Between two parts, or around them.
bool WasMeantAsPart(std::string_view between) {
  const std::string small = InSmallLetters(between);
  for (const char* mark : {"begin certificate", "end certificate", "-----end ", "0\x82"}) {
    if (small.find(mark) != std::string::npos) return true;
  }
  while (!between.empty()) {
    if (BeginsCertificate(TakeLine(between))) return true;
  }
  return false;
}

std::string WithoutBlanks(std::string_view body) {
  std::string base64;
  base64.reserve(body.size());
  for (const char c : body) {
    if (std::string_view(" \t\r\n").find(c) == kNone) base64 += c;
  }
  return base64;
}

// Line ends that a tool wrote as the characters \n and \r: no backslash is base64.
std::string WithRealLineEnds(std::string_view text) {
  std::string real;
  real.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_written =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == 'r');
    real += is_written ? '\n' : text[i];
    i += is_written ? 1 : 0;
  }
  return real;
}

std::optional<std::string> Repaired(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size() * 2);  // a buffer that grows leaves pieces of a key behind
  for (auto at = text.find(kBegin); at != kNone; at = text.find(kBegin)) {
    const bool is_lost = WasMeantAsPart(text.substr(0, at));
    text.remove_prefix(at + kBegin.size());
    const std::string_view label = text.substr(0, text.find(kDashes));
    const auto from = std::min(text.size(), label.size() + kDashes.size());
    const std::string end = std::string(kEnd) + std::string(label) + std::string(kDashes);
    const auto until = text.find(end, from);
    if (is_lost || until == kNone || until == from || !IsBase64(text.substr(from, until - from))) {
      Secret::Wipe(repaired);
      return std::nullopt;
    }
    std::string part = PemText(label, text.substr(from, until - from));
    repaired += part;
    Secret::Wipe(part);
    text.remove_prefix(until + end.size());
  }
  if (WasMeantAsPart(text)) {
    Secret::Wipe(repaired);
    return std::nullopt;
  }
  return repaired;
}

struct Reading {
  std::vector<PemPart> parts;
  std::vector<std::string_view> between;  // before the first one, behind each one that is read
};

Reading Read(std::string_view text) {
  Reading reading;
  bool begins_line = true;
  bool is_between = true;
  for (auto at = text.find(kBegin); at != kNone; at = text.find(kBegin)) {
    if (is_between) reading.between.push_back(text.substr(0, at));
    begins_line = at == 0 ? begins_line : text[at - 1] == '\n';
    text.remove_prefix(at + kBegin.size());
    std::string_view rest = text;
    PemPart part = TakePart(rest);
    if (!begins_line) {
      part.defect = "does not begin a line: something is before its -----BEGIN";
    } else if (part.defect.empty()) {
      text = rest;
    }
    begins_line = is_between = part.defect.empty();
    reading.parts.push_back(std::move(part));
  }
  if (is_between) reading.between.push_back(text);
  return reading;
}

}  // namespace

std::string PemText(std::string_view label, std::string_view body) {
  constexpr std::size_t kLine = 64;
  const std::string name = std::string(label) + std::string(kDashes) + "\n";
  std::string base64 = WithoutBlanks(body);
  std::string text;
  text.reserve(base64.size() * 2 + name.size() * 2 + kBegin.size() + kEnd.size());
  text.append(kBegin).append(name);
  for (std::size_t at = 0; at < base64.size(); at += kLine) text.append(base64, at, kLine) += '\n';
  text.append(kEnd).append(name);
  Secret::Wipe(base64);
  return text;
}

std::vector<PemPart> ReadPemParts(std::string_view text) { return Read(text).parts; }

bool HoldsLostPart(std::string_view text) { return std::ranges::any_of(Read(text).between, WasMeantAsPart); }

std::optional<std::string> RepairedPem(std::string_view text) {
  const auto is_lost = [](const PemPart& part) { return !part.defect.empty(); };
  const auto parts = ReadPemParts(text);
  if (std::none_of(parts.begin(), parts.end(), is_lost)) return std::nullopt;
  std::string real = WithRealLineEnds(text);
  auto repaired = Repaired(real);
  Secret::Wipe(real);
  return repaired;
}

}  // namespace dockerext
