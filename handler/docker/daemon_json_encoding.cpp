// SPDX-License-Identifier: MIT
#include "handler/docker/daemon_json_encoding.hpp"

#include <cstdint>

namespace dockerext {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16LittleEndianMark = "\xFF\xFE";
constexpr std::string_view kUtf16BigEndianMark = "\xFE\xFF";
constexpr char32_t kReplacement = 0xFFFD;

std::uint8_t ByteAt(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

bool IsHighSurrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLowSurrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

std::string FromUtf16(std::string_view bytes, bool big_endian) {
  const auto unit_at = [&](std::size_t index) -> char32_t {
    const char32_t first = ByteAt(bytes, index);
    const char32_t second = ByteAt(bytes, index + 1);
    return big_endian ? first << 8U | second : second << 8U | first;
  };
  std::string text;
  std::size_t index = 0;
  for (; index + 2 <= bytes.size(); index += 2) {
    char32_t code = unit_at(index);
    if (IsHighSurrogate(code) && index + 4 <= bytes.size() && IsLowSurrogate(unit_at(index + 2))) {
      code = 0x10000 + ((code - 0xD800) << 10U) + (unit_at(index + 2) - 0xDC00);
      index += 2;
    }
    AppendUtf8(text, code);
  }
  if (index < bytes.size()) AppendUtf8(text, kReplacement);
  return text;
}

// The code point at the beginning of what AppendUtf8 wrote, and how many bytes it has.
char32_t FirstCode(std::string_view text, std::size_t& length) {
  const std::uint8_t first = ByteAt(text, 0);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t code = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (ByteAt(text, i) & 0x3FU);
  return code;
}

std::string ToUtf16(std::string_view text, bool big_endian) {
  std::string bytes(big_endian ? kUtf16BigEndianMark : kUtf16LittleEndianMark);
  const auto append = [&](char32_t unit) {
    const char high = static_cast<char>(unit >> 8U);
    const char low = static_cast<char>(unit & 0xFFU);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  };
  std::size_t length = 0;
  for (; !text.empty(); text.remove_prefix(length)) {
    const char32_t code = FirstCode(text, length);
    if (code < 0x10000) {
      append(code);
      continue;
    }
    append(0xD800 + ((code - 0x10000) >> 10U));
    append(0xDC00 + ((code - 0x10000) & 0x3FFU));
  }
  return bytes;
}

}  // namespace

DecodedText DecodeText(std::string_view bytes) {
  if (bytes.starts_with(kUtf8Mark)) {
    return {std::string(bytes.substr(kUtf8Mark.size())), TextEncoding::kUtf8WithMark};
  }
  if (bytes.starts_with(kUtf16LittleEndianMark)) {
    return {FromUtf16(bytes.substr(2), false), TextEncoding::kUtf16LittleEndian};
  }
  if (bytes.starts_with(kUtf16BigEndianMark)) {
    return {FromUtf16(bytes.substr(2), true), TextEncoding::kUtf16BigEndian};
  }
  return {std::string(bytes), TextEncoding::kUtf8};
}

std::string EncodeText(const DecodedText& decoded) {
  switch (decoded.encoding) {
    case TextEncoding::kUtf8WithMark:
      return std::string(kUtf8Mark) + decoded.text;
    case TextEncoding::kUtf16LittleEndian:
      return ToUtf16(decoded.text, false);
    case TextEncoding::kUtf16BigEndian:
      return ToUtf16(decoded.text, true);
    case TextEncoding::kUtf8:
      break;
  }
  return decoded.text;
}

std::size_t Utf8Length(std::string_view text) {
  const std::uint8_t first = ByteAt(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((ByteAt(text, i) & 0xC0U) != 0x80) return 0;
  }
  const std::uint8_t second = ByteAt(text, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond_unicode = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond_unicode ? 0 : length;
}

std::size_t FindInvalidUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = Utf8Length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

void AppendUtf8(std::string& text, char32_t code) {
  const auto append = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return append(code);
  if (code < 0x800) {
    append(0xC0U | code >> 6U);
  } else if (code < 0x10000) {
    append(0xE0U | code >> 12U);
    append(0x80U | (code >> 6U & 0x3FU));
  } else {
    append(0xF0U | code >> 18U);
    append(0x80U | (code >> 12U & 0x3FU));
    append(0x80U | (code >> 6U & 0x3FU));
  }
  append(0x80U | (code & 0x3FU));
}

}  // namespace dockerext
