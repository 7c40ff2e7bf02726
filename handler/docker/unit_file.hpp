// SPDX-License-Identifier: MIT
// Reads unit files and drop-ins as systemd.syntax(7) has them: sections, comments, continuations. Pure text.
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

std::vector<UnitAssignment> ParseUnitFile(std::string_view text);

// The text of the ExecStart= that is in force when the files are read in this order: an empty ExecStart=
// clears those before it. Verbatim: prefixes, quotes, specifiers and variables as they stand.
std::optional<std::string> EffectiveExecStart(const std::vector<std::string>& texts);

}  // namespace dockerext
