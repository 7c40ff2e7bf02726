// SPDX-License-Identifier: MIT
#include "handler/settings/der_header.hpp"

namespace dockerext {

std::optional<std::size_t> TakeDerHeader(std::string_view& der, char tag) {
  if (der.size() < 2 || der[0] != tag) return std::nullopt;
  const auto first = static_cast<unsigned char>(der[1]);
  const std::size_t digits = first < 0x80 ? 0 : first & 0x7FU;
  if (digits > 4 || der.size() < 2 + digits) return std::nullopt;
  std::size_t length = digits == 0 ? first : 0;
  for (std::size_t i = 0; i < digits; ++i) length = length << 8U | static_cast<unsigned char>(der[2 + i]);
  der.remove_prefix(2 + digits);
  return length;
}

}  // namespace dockerext
