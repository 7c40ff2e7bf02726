// SPDX-License-Identifier: MIT
#include "tests/sim/contract/utf8.hpp"

#include <array>
#include <cstdint>

#include "handler/base/text.hpp"

namespace dockerext::contract {
namespace {

struct Form {
  unsigned char mask;
  unsigned char lead;
  std::uint32_t smallest;  // below it, a shorter form exists
};

constexpr std::array kForms = {Form{0x80, 0x00, 0}, Form{0xE0, 0xC0, 0x80}, Form{0xF0, 0xE0, 0x800},
                               Form{0xF8, 0xF0, 0x10000}};

constexpr bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// The bytes of the character that `text` starts with; 0 when it does not start with one.
std::size_t CharacterSize(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    if ((lead & kForms[i].mask) != kForms[i].lead) continue;
    if (text.size() <= i) return 0;
    std::uint32_t value = lead & static_cast<unsigned char>(~kForms[i].mask);
    for (std::size_t k = 1; k <= i; ++k) {
      if (!Continues(text[k])) return 0;
      value = (value << 6U) | (static_cast<unsigned char>(text[k]) & 0x3FU);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    return value < kForms[i].smallest || value > 0x10FFFF || surrogate ? 0 : i + 1;
  }
  return 0;
}

}  // namespace

bool IsUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = CharacterSize(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::string BackslashReplace(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t size = CharacterSize(bytes);
    if (size == 0) {
      text += "\\x" + HexEncode(bytes.substr(0, 1));
    } else {
      text += bytes.substr(0, size);
    }
    bytes.remove_prefix(size == 0 ? 1 : size);
  }
  return text;
}

std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += Continues(c) ? 0U : 1U;
  return count;
}

std::string_view LastCharacters(std::string_view text, std::size_t count) {
  std::size_t start = text.size();
  for (; start > 0 && count > 0; --start) count -= Continues(text[start - 1]) ? 0U : 1U;
  return text.substr(start);
}

std::string_view FirstCharacters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (Continues(text[end])) continue;
    if (count-- == 0) break;
  }
  return text.substr(0, end);
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return line;
}

}  // namespace dockerext::contract
