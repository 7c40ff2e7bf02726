// SPDX-License-Identifier: MIT
// UTF-8, as far as systemd looks at it: it ignores what is not UTF-8. Pure text. Private to this room.
#pragma once

#include <string>
#include <string_view>

namespace dockerext {

bool IsUtf8(std::string_view text);

// Empty for what is no character: a surrogate, or beyond U+10FFFF.
std::string EncodeUtf8(char32_t character);

}  // namespace dockerext
