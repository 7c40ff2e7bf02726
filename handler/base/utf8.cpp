// SPDX-License-Identifier: MIT
#include "handler/base/utf8.hpp"

namespace dockerext {
namespace {

// By the first byte; 0 for a byte that begins no character.
std::size_t LengthOf(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xC0) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF8 ? 4 : 0;
}

bool IsCharacter(char32_t character) {
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  const bool noncharacter = (character >= 0xFDD0 && character <= 0xFDEF) || (character & 0xFFFEU) == 0xFFFE;
  return character <= 0x10FFFF && !surrogate && !noncharacter;
}

}  // namespace

bool IsCleanUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = LengthOf(first);
    if (length == 0 || length > text.size()) return false;
    char32_t character = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (const char c : text.substr(1, length - 1)) {
      character = (character << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    }
    // Also wrong where a byte is no continuation, or the form is longer than needed.
    if (EncodeUtf8(character) != text.substr(0, length)) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string EncodeUtf8(char32_t character) {
  if (!IsCharacter(character)) return {};
  if (character < 0x80) return {static_cast<char>(character)};
  const auto continuation = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((character >> shift) & 0x3FU));
  };
  if (character < 0x800) return {static_cast<char>(0xC0U | (character >> 6U)), continuation(0)};
  if (character < 0x10000)
    return {static_cast<char>(0xE0U | (character >> 12U)), continuation(6), continuation(0)};
  return {static_cast<char>(0xF0U | (character >> 18U)), continuation(12), continuation(6), continuation(0)};
}

}  // namespace dockerext
