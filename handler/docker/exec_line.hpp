// SPDX-License-Identifier: MIT
// The arguments of an ExecStart= line, parsed and quoted as systemd.service(5) "COMMAND LINES" has them. Pure
// text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

// The arguments of a line, quotes and escapes resolved, specifiers and variables as they stand; the prefixes
// of the first argument (-, @, :, +, !, !!) are left out. A line that does not parse gives the arguments up
// to the error.
std::vector<std::string> SplitExecLine(std::string_view line);

// The arguments that the program gets, from those that systemd reports over D-Bus, where variables are not
// yet replaced: "$$" is "$", and an argument that is a variable (as $DOCKER_OPTS) is left out, since its
// value is unknown here.
std::vector<std::string> ResolveVariables(const std::vector<std::string>& args);

// One argument that systemd passes on exactly as given: quoted where needed, % and $ doubled.
std::string QuoteExecArg(std::string_view arg);

}  // namespace dockerext
