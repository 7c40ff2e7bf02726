// SPDX-License-Identifier: MIT
// The arguments of an ExecStart= line, parsed and quoted as systemd.service(5) "COMMAND LINES" has them; the
// words of other values of a unit. Pure text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

// The arguments of a line: the program, then what follows; quotes and escapes resolved, variables as they
// stand. The prefixes of the program (-, @, :, +, !, !!, |) and the argv[0] that "@" sets are left out. Empty
// for a line that systemd refuses: with an open quote, with two commands, or without a program.
std::vector<std::string> SplitExecLine(std::string_view line);

// Whether systemd replaces variables in the line: not with the prefix ":".
bool ExpandsVariables(std::string_view line);

// How backslashes and open quotes are read.
enum class WordSyntax {
  kCommand,      // ExecStart=: escapes decoded, unknown ones kept; an open quote is an error
  kAssignments,  // Environment=: escapes decoded; an unknown one and an open quote are errors
  kVariable,     // the value of a variable: a backslash keeps the next character; nothing is an error
};

// The words of a value, up to an error.
std::vector<std::string> SplitWords(std::string_view text, WordSyntax syntax);

// With the specifiers that every docker.service has (%%, %n, %N, %p and the folders %t, %S, %C, %L, %E, %T,
// %V, %h) replaced; others as they stand.
std::string ResolveSpecifiers(std::string_view text);

// The arguments that the program gets, from those that systemd reports over D-Bus, where variables are not
// yet replaced: "$$" is "$", and an argument that is a variable (as $DOCKER_OPTS) is left out, since its
// value is unknown here.
std::vector<std::string> ResolveVariables(const std::vector<std::string>& args);

// One argument of a line, which systemd passes on exactly as given: quoted where needed, % doubled, and $
// where the line expands variables.
std::string QuoteExecArg(std::string_view arg, std::string_view line);

}  // namespace dockerext
