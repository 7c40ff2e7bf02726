// SPDX-License-Identifier: MIT
#include "handler/docker/unit_file.hpp"

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

bool IsComment(std::string_view line) { return line.starts_with('#') || line.starts_with(';'); }

// Lines with their continuations joined; a comment between the parts of one is left out, as systemd does.
std::vector<std::string> LogicalLines(std::string_view text) {
  std::vector<std::string> lines;
  std::string pending;
  bool continues = false;
  for (const std::string& raw : Split(text, '\n')) {
    std::string_view line = raw;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (IsComment(Trim(line))) continue;
    const bool is_continued = line.ends_with('\\');
    if (is_continued) line.remove_suffix(1);
    pending += continues ? " " : "";
    pending += line;
    continues = is_continued;
    if (continues) continue;
    lines.push_back(std::move(pending));
    pending.clear();
  }
  if (continues) lines.push_back(std::move(pending));
  return lines;
}

}  // namespace

std::vector<UnitAssignment> ParseUnitFile(std::string_view text) {
  std::vector<UnitAssignment> assignments;
  std::string section;
  for (const std::string& raw : LogicalLines(text)) {
    const std::string_view line = Trim(raw);
    if (line.starts_with('[') && line.ends_with(']')) {
      section = line.substr(1, line.size() - 2);
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    assignments.push_back(
        {section, std::string(Trim(line.substr(0, equals))), std::string(Trim(line.substr(equals + 1)))});
  }
  return assignments;
}

std::optional<std::string> EffectiveExecStart(const std::vector<std::string>& texts) {
  std::optional<std::string> effective;
  for (const std::string& text : texts) {
    for (UnitAssignment& assignment : ParseUnitFile(text)) {
      if (assignment.section != "Service" || assignment.key != "ExecStart") continue;
      effective.reset();
      if (!assignment.value.empty()) effective = std::move(assignment.value);
    }
  }
  return effective;
}

}  // namespace dockerext
