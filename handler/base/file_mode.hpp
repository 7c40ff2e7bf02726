// SPDX-License-Identifier: MIT
// Permission bits that can only be written as an octal literal with four digits: 0600_mode.
// 600_mode and 755_mode (decimal, a common bug) do not compile.
#pragma once

#include <cstdint>

namespace dockerext {

class FileMode {
 public:
  // For modes that come from the file system; literals use the suffix below.
  static constexpr FileMode FromBits(std::uint32_t bits) { return FileMode(bits & 07777U); }

  constexpr std::uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(FileMode, FileMode) = default;

 private:
  constexpr explicit FileMode(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_;
};

namespace detail {
// Throwing in a consteval function is a compile error, with the text in the diagnostic.
consteval std::uint32_t OctalLiteral(const char* text) {
  if (text[0] != '0') throw "a file mode starts with 0, as in 0600_mode";
  std::uint32_t bits = 0;
  int digits = 0;
  for (const char* c = text; *c != '\0'; ++c, ++digits) {
    if (*c < '0' || *c > '7') throw "a file mode has octal digits only";
    bits = bits * 8 + static_cast<std::uint32_t>(*c - '0');
  }
  if (digits != 4) throw "a file mode has four digits, as in 0600_mode";
  return bits;
}
}  // namespace detail

consteval FileMode operator""_mode(const char* text) {
  return FileMode::FromBits(detail::OctalLiteral(text));
}

}  // namespace dockerext
