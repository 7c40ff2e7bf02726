// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/der.hpp"

#include <cstddef>

namespace dockerext {
namespace {

constexpr unsigned char kLongTag = 0x1F;

unsigned char ByteAt(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// A sign that the next byte has already.
bool HasNeedlessByte(std::string_view number) {
  if (number.size() < 2) return false;
  const bool next_is_negative = (ByteAt(number, 1) & 0x80U) != 0;
  return ByteAt(number, 0) == (next_is_negative ? 0xFF : 0x00);
}

}  // namespace

std::optional<DerReader::Value> DerReader::TakeAny() {
  if (rest_.size() < 2 || (ByteAt(rest_, 0) & kLongTag) == kLongTag) return std::nullopt;
  std::size_t size = ByteAt(rest_, 1);
  std::size_t header = 2;
  if (size >= 0x80) {
    const std::size_t digits = size & 0x7FU;
    if (digits == 0 || digits > 4 || rest_.size() < 2 + digits || ByteAt(rest_, 2) == 0) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < digits; ++i) size = size << 8U | ByteAt(rest_, 2 + i);
    header += digits;
    if (size < 0x80) return std::nullopt;
  }
  if (rest_.size() - header < size) return std::nullopt;
  const Value value{ByteAt(rest_, 0), rest_.substr(header, size)};
  rest_.remove_prefix(header + size);
  return value;
}

std::optional<std::string_view> DerReader::Take(unsigned char tag) {
  if (!IsNext(tag)) return std::nullopt;
  const auto value = TakeAny();
  return value ? std::optional(value->content) : std::nullopt;
}

bool DerReader::SkipBoolean() {
  const auto content = Take(der::kBoolean);
  return content && (*content == std::string_view("\0", 1) || *content == "\xFF");
}

bool DerReader::SkipBitString() {
  const auto content = Take(der::kBitString);
  if (!content || content->empty()) return false;
  const unsigned unused = ByteAt(*content, 0);
  if (content->size() == 1) return unused == 0;
  return unused < 8 && (ByteAt(*content, content->size() - 1) & ((1U << unused) - 1U)) == 0;
}

bool DerReader::SkipObjectIdentifier() {
  const auto content = Take(der::kObjectIdentifier);
  return content && IsObjectIdentifierOfGo(*content);
}

bool DerReader::SkipInteger(unsigned char tag) {
  const auto content = Take(tag);
  return content && !content->empty() && content->size() <= 8 && !HasNeedlessByte(*content);
}

bool IsObjectIdentifierOfGo(std::string_view content) {
  unsigned long number = 0;
  bool is_whole = false;
  bool is_first_digit = true;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const unsigned long byte = ByteAt(content, i);
    if ((is_first_digit && byte == 0x80) || number >= 1UL << 24U) return false;
    number = number << 7U | (byte & 0x7FU);
    is_whole = (byte & 0x80U) == 0;
    if (is_whole) number = 0;
    is_first_digit = is_whole;
  }
  return is_whole;
}

}  // namespace dockerext
