// SPDX-License-Identifier: MIT
// UTF-8 as systemd reads it in unit files and environment files: a line with anything else is ignored, or its
// unit does not load. Pure text.
#pragma once

#include <string>
#include <string_view>

namespace dockerext {

// False also for noncharacters (U+FDD0 to U+FDEF, and the last two of each plane), which others accept.
bool IsCleanUtf8(std::string_view text);

// Empty for what is no character: a surrogate, a noncharacter, or beyond U+10FFFF.
std::string EncodeUtf8(char32_t character);

}  // namespace dockerext
