// SPDX-License-Identifier: MIT
// Reads the files that EnvironmentFile= names, exactly as systemd does. Pure text. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct Variable {
  std::string name;
  std::string value;
};

// "NAME=value"; nullopt where systemd ignores it: no "=", a name with other characters than letters, digits
// and
// "_", or a value that is not UTF-8.
std::optional<Variable> ParseAssignment(std::string_view text);

// In the order of the file; a later one wins. A backslash at the end of a comment does not continue it, as
// since systemd 254. Empty for a file that systemd refuses: one with NUL bytes, or an assignment that is not
// UTF-8.
std::vector<Variable> ParseEnvironmentFile(std::string_view text);

}  // namespace dockerext
