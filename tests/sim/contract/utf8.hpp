// SPDX-License-Identifier: MIT
// Text as the agent's Python handles it: what decodes as UTF-8, how many characters it has, and how bytes
// that do not decode are shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::contract {

bool IsUtf8(std::string_view bytes);

// bytes.decode("utf-8", "backslashreplace"): what does not decode becomes \xNN.
std::string BackslashReplace(std::string_view bytes);

// Of valid UTF-8.
std::size_t CountCharacters(std::string_view text);

// text[-count:] and text[:count] of valid UTF-8.
std::string_view LastCharacters(std::string_view text, std::size_t count);
std::string_view FirstCharacters(std::string_view text, std::size_t count);

// Replaces control characters by blanks, so that a message takes one line of the terminal.
std::string OneLine(std::string_view text);

}  // namespace dockerext::contract
