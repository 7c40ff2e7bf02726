// SPDX-License-Identifier: MIT
#include "handler/docker/engine_output.hpp"

#include <algorithm>

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

// The first line of what Go prints when it gives up.
bool IsPanic(const std::string& line) {
  return line.starts_with("panic: ") || line.starts_with("fatal error: ") || line.starts_with("runtime: ");
}

// What follows the failure line: the usage hint, or a stack trace.
bool StartsTrailer(const std::string& line) {
  return line.starts_with("See 'dockerd") || line.starts_with("goroutine ");
}

std::string AsReason(const std::string& line) { return std::string(Trim(line).substr(0, kReasonLimit)); }

// Whether the text stands there as a word: "docker" is none of "docker.service".
bool HasWord(std::string_view reason, std::string_view word) {
  constexpr std::string_view kEnds = " \t\"'`(),:;=[]";
  for (auto at = reason.find(word); at != std::string_view::npos; at = reason.find(word, at + 1)) {
    const bool begins = at == 0 || kEnds.find(reason[at - 1]) != std::string_view::npos;
    const std::string_view behind = reason.substr(at + word.size());
    if (begins && (behind.empty() || kEnds.find(behind.front()) != std::string_view::npos)) return true;
  }
  return false;
}

// Whether dockerd's reason names the option's flag, as in 'invalid argument "x" for "--mtu" flag'.
bool NamesFlag(std::string_view reason, const DockerOption& option) {
  return HasWord(reason, option.text.substr(0, option.text.find('=')));
}

// Whether it names the option's value, as in "invalid logging level: x".
bool NamesValue(std::string_view reason, const DockerOption& option) {
  constexpr std::size_t kTellsSomething = 3;
  const auto equals = option.text.find('=');
  const std::string value = equals == std::string::npos ? std::string() : option.text.substr(equals + 1);
  return value.size() >= kTellsSomething && HasWord(reason, value);
}

}  // namespace

std::string FailureLine(const std::string& log) {
  std::string found;
  for (const std::string& line : Split(Redacted(log), '\n')) {
    if (StartsTrailer(line)) break;
    if (IsPanic(line)) return AsReason(line);
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

std::optional<std::string> OptionNamedIn(std::string_view reason, const std::vector<DockerOption>& options) {
  const auto likeness = [&](const DockerOption& option) {
    return (NamesFlag(reason, option) ? 2 : 0) + (NamesValue(reason, option) ? 1 : 0);
  };
  const auto likeliest = std::ranges::max_element(options, {}, likeness);
  if (likeliest == options.end() || likeness(*likeliest) == 0) return std::nullopt;
  return likeliest->at;
}

std::string VersionIn(std::string_view output) {
  constexpr std::string_view kPrefix = "Docker version ";
  if (!output.starts_with(kPrefix)) return {};
  output.remove_prefix(kPrefix.size());
  return std::string(output.substr(0, output.find_first_of(", \n")));
}

}  // namespace dockerext
