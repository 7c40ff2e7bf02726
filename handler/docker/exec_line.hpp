// SPDX-License-Identifier: MIT
// The words of an ExecStart= line, in and out, as systemd.service(5) "COMMAND LINES" has them. Pure text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

// The words of a line, quotes and escapes resolved, specifiers and variables as they stand; the prefixes of
// the first word (-, @, :, +, !, !!) are left out. A line that does not parse gives the words up to the
// fault.
std::vector<std::string> SplitExecLine(std::string_view line);

// What the program gets of the words that systemd tells over D-Bus, where variables are still to be replaced:
// "$$" is
// "$", and a word that is a variable (as $DOCKER_OPTS) is left out, since its value is not known here.
std::vector<std::string> ResolveVariables(const std::vector<std::string>& words);

// One word that systemd hands on exactly as given: quoted where needed, % and $ doubled.
std::string QuoteExecWord(std::string_view word);

}  // namespace dockerext
