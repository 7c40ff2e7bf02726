// SPDX-License-Identifier: MIT
// The header of a DER value, by which a binary text is known for what it is. Private to this room.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dockerext {

inline constexpr char kDerInteger = '\x02';
inline constexpr char kDerOctets = '\x04';
inline constexpr char kDerSequence = '\x30';

// The length of the value whose tag `der` begins with, which is taken off with its header. What follows may
// be cut.
std::optional<std::size_t> TakeDerHeader(std::string_view& der, char tag);

}  // namespace dockerext
