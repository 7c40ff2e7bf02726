// SPDX-License-Identifier: MIT
#include "handler/docker/unit_file.hpp"

#include <algorithm>
#include <array>

#include "handler/base/text.hpp"
#include "handler/base/utf8.hpp"
#include "handler/docker/exec_line.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";  // a line holds no other white space that systemd strips

// Removes one line and its end from the front of `rest`. LF, CR and NUL end a line, alone or as a group in
// which each stands once, NUL last.
std::string_view TakeLine(std::string_view& rest) {
  constexpr std::string_view kEnds("\n\r\0", 3);
  const std::string_view line = rest.substr(0, rest.find_first_of(kEnds));
  rest.remove_prefix(line.size());
  std::size_t ends = 0;
  while (ends < rest.size() && kEnds.find(rest[ends]) != std::string_view::npos &&
         rest.substr(0, ends).find(rest[ends]) == std::string_view::npos &&
         !rest.substr(0, ends).ends_with('\0')) {
    ++ends;
  }
  rest.remove_prefix(ends);
  return line;
}

std::string_view Strip(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool IsComment(std::string_view line) {
  line = Strip(line);
  return line.starts_with('#') || line.starts_with(';');
}

// Whether the last of the backslashes at the end is not escaped by the one before it.
bool IsContinued(std::string_view line) {
  const auto last = line.find_last_not_of('\\');
  const std::size_t backslashes = last == std::string_view::npos ? line.size() : line.size() - last - 1;
  return backslashes % 2 == 1;
}

// Lines with their continuations joined, comments left out, also those between the parts of one.
std::vector<std::string> LogicalLines(std::string_view text) {
  std::vector<std::string> lines;
  std::string pending;
  bool mark_seen = false;
  while (!text.empty()) {
    std::string_view line = TakeLine(text);
    // The mark hides a comment behind it from systemd, and it is skipped wherever a line begins with it
    // first.
    if (IsComment(line)) continue;
    if (!mark_seen && line.starts_with(kByteOrderMark)) {
      mark_seen = true;
      line.remove_prefix(kByteOrderMark.size());
    }
    pending += line;
    if (IsContinued(pending)) {
      pending.back() = ' ';
      continue;
    }
    lines.push_back(std::move(pending));
    pending.clear();
  }
  lines.push_back(std::move(pending));
  return lines;
}

// Of a line that begins with "[".
bool IsSectionHeader(std::string_view line) {
  const auto is_allowed = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F && c != '"' && c != '\'' && c != '\\';
  };
  return line.ends_with(']') && std::all_of(line.begin(), line.end(), is_allowed);
}

bool IsExecStart(const UnitAssignment& assignment) {
  return assignment.section == "Service" && assignment.key == "ExecStart";
}

// Keys of what a start does not depend on, and of ExecStart=, which the dry run validates; whole, or the
// beginning of a family.
bool IsHarmlessKey(std::string_view key) {
  constexpr auto kKeys = std::to_array<std::string_view>(
      {"Description",      "Documentation",  "After",     "Before",         "Wants",
       "PartOf",           "OnFailure",      "OnSuccess", "ExecStart",      "PassEnvironment",
       "UnsetEnvironment", "ExecReload",     "ExecStop",  "ExecStopPost",   "KillMode",
       "KillSignal",       "SendSIGKILL",    "Delegate",  "Slice",          "Nice",
       "OOMPolicy",        "OOMScoreAdjust", "TasksMax",  "TimeoutStopSec", "TimeoutAbortSec"});
  constexpr auto kFamilies =
      std::to_array<std::string_view>({"X-", "Restart", "StartLimit", "CPU", "Memory", "IO", "LogRateLimit"});
  return std::ranges::find(kKeys, key) != kKeys.end() ||
         std::ranges::any_of(kFamilies, [&](std::string_view family) { return key.starts_with(family); });
}

// A limit that dockerd starts with: none, or many files or processes.
bool IsAmple(std::string_view key, std::string_view limit) {
  constexpr std::uint64_t kEnough = 1024;
  const auto number = ParseUnsigned(limit);
  const bool counts = key == "LimitNOFILE" || key == "LimitNPROC";
  return limit == "infinity" || key == "LimitCORE" || (counts && number && *number >= kEnough);
}

// Where the programs that dockerd runs are, and its temporary files.
bool IsNeededVariable(std::string_view assignment) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"PATH", "TMPDIR", "DOCKER_TMPDIR", "LD_PRELOAD", "LD_LIBRARY_PATH"});
  return std::ranges::find(kNames, assignment.substr(0, assignment.find('='))) != kNames.end();
}

bool IsHarmlessAtAStart(const UnitAssignment& assignment) {
  const std::string& key = assignment.key;
  const std::string& value = assignment.value;
  if (value.empty() || IsHarmlessKey(key)) return true;
  if (key.starts_with("Limit")) {
    const auto limits = Split(value, ':');  // "soft:hard"
    return std::ranges::all_of(limits, [&](const std::string& limit) { return IsAmple(key, limit); });
  }
  if (key.starts_with("Timeout")) return value == "infinity" || value == "0";
  if (key.starts_with("Standard"))
    return value == "null" || value == "inherit" || value.starts_with("journal");
  if (key == "EnvironmentFile") return value.starts_with('-');  // it may be missing
  if (key == "Environment") {
    const auto words = SplitWords(value, WordSyntax::kAssignments);
    return std::ranges::none_of(words, IsNeededVariable);
  }
  return key.starts_with("Exec") && value.starts_with('-');  // it may fail
}

}  // namespace

std::vector<UnitAssignment> ParseUnitFile(std::string_view text) {
  std::vector<UnitAssignment> assignments;
  std::string section;
  for (const std::string& logical : LogicalLines(text)) {
    const std::string_view line = Strip(logical);
    if (!IsCleanUtf8(line)) break;
    if (line.starts_with('[')) {
      if (!IsSectionHeader(line)) break;
      section = line.substr(1, line.size() - 2);
      continue;
    }
    const auto equals = line.find('=');
    if (section.empty() || equals == std::string_view::npos || equals == 0) continue;
    const UnitAssignment assignment{section, std::string(Strip(line.substr(0, equals))),
                                    std::string(Strip(line.substr(equals + 1)))};
    const bool refused =
        IsExecStart(assignment) && !assignment.value.empty() && SplitExecLine(assignment.value).empty();
    if (refused) break;
    assignments.push_back(assignment);
  }
  return assignments;
}

std::optional<std::string> EffectiveExecStart(const std::vector<std::string>& texts) {
  std::optional<std::string> effective;
  for (const std::string& text : texts) {
    for (UnitAssignment& assignment : ParseUnitFile(text)) {
      if (!IsExecStart(assignment)) continue;
      effective.reset();
      if (!assignment.value.empty()) effective = std::move(assignment.value);
    }
  }
  return effective;
}

std::vector<std::string> UnvalidatedKeys(std::string_view text) {
  std::vector<std::string> keys;
  for (const UnitAssignment& assignment : ParseUnitFile(text)) {
    if (assignment.section == "Install" || IsHarmlessAtAStart(assignment)) continue;
    if (std::ranges::find(keys, assignment.key) == keys.end()) keys.push_back(assignment.key);
  }
  return keys;
}

}  // namespace dockerext
