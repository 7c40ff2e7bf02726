// SPDX-License-Identifier: MIT
// Reads unit files and drop-ins exactly as systemd does: line ends, a byte order mark, comments,
// continuations, sections, and what it ignores. Pure text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct UnitAssignment {
  std::string section;
  std::string key;
  std::string value;  // continuations joined by a blank, trimmed, otherwise unchanged
};

// Without the lines that systemd ignores. Where it stops reading a file, so does this: at a line that is not
// UTF-8, a section header without "]" or with odd characters, and an ExecStart= that does not parse.
std::vector<UnitAssignment> ParseUnitFile(std::string_view text);

// The text of the ExecStart= that is in force when the files are read in this order: an empty ExecStart=
// clears those before it. Verbatim: prefixes, quotes, specifiers and variables as they stand.
std::optional<std::string> EffectiveExecStart(const std::vector<std::string>& texts);

// The keys of a unit file or drop-in that can keep a service from starting and that no dry run validates,
// such as ExecStartPre; each once.
std::vector<std::string> UnvalidatedKeys(std::string_view text);

}  // namespace dockerext
