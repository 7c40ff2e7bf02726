// SPDX-License-Identifier: MIT
#include "handler/docker/engine_output.hpp"

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

constexpr std::size_t kReasonLimit = 600;

// dockerd's log lines have a level; a line without one is written when dockerd exits on an error.
bool IsFailureLine(const std::string& line) {
  return line.find("level=") == std::string::npos || line.find("level=fatal") != std::string::npos ||
         line.find("level=error") != std::string::npos;
}

// What follows the failure line: the usage hint, or a stack trace.
bool StartsTrailer(const std::string& line) {
  return line.starts_with("See 'dockerd") || line.starts_with("goroutine ");
}

std::string AsReason(const std::string& line) { return std::string(Trim(line).substr(0, kReasonLimit)); }

}  // namespace

std::string FailureLine(const std::string& log) {
  std::string found;
  for (const std::string& line : Split(Redacted(log), '\n')) {
    if (StartsTrailer(line)) break;
    if (!Trim(line).empty() && IsFailureLine(line)) found = line;
  }
  return AsReason(found);
}

std::string RejectionReason(const std::string& errors, const std::string& output) {
  for (const std::string& line : Split(Redacted(errors + "\n" + output), '\n')) {
    if (!Trim(line).empty()) return AsReason(line);
  }
  return {};
}

std::string VersionIn(std::string_view output) {
  constexpr std::string_view kPrefix = "Docker version ";
  if (!output.starts_with(kPrefix)) return {};
  output.remove_prefix(kPrefix.size());
  return std::string(output.substr(0, output.find_first_of(", \n")));
}

}  // namespace dockerext
