// SPDX-License-Identifier: MIT
#include "handler/engine/failure.hpp"

#include "handler/base/retry.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kExcerptBudget{1};
constexpr std::size_t kExcerptLimit = 600;

// dockerd's log lines have a level; a line without one is written when dockerd exits on an error.
bool IsFailureLine(const std::string& line) {
  return line.find("level=") == std::string::npos || line.find("level=fatal") != std::string::npos ||
         line.find("level=error") != std::string::npos;
}

// What follows the failure line: the usage hint, or a stack trace.
bool StartsTrailer(const std::string& line) {
  return line.starts_with("See 'dockerd") || line.starts_with("goroutine ");
}

// Only what the unit's own processes wrote: -u would add what systemd and others say about it.
std::string ReadExcerpt(System& system, const std::string& invocation) {
  const auto run = system.commands.Run(
      {.argv = {"/usr/bin/journalctl", "--no-pager", "-q", "-o", "cat", "-n", "40",
                "_SYSTEMD_UNIT=" + std::string(kDockerUnit), "_SYSTEMD_INVOCATION_ID=" + invocation},
       .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"},
       .budget = std::chrono::seconds(10)});
  if (!run.ok()) return {};
  std::string excerpt;
  for (const std::string& line : Split(run->output, '\n')) {
    if (StartsTrailer(line)) break;
    if (!Trim(line).empty() && IsFailureLine(line)) excerpt = Trim(line);
  }
  return Redacted(excerpt).substr(0, kExcerptLimit);
}

// The journal may lag.
std::string AwaitExcerpt(System& system, const std::string& invocation) {
  const auto excerpt = RetryWhileBusy(system.clock, kExcerptBudget, std::chrono::milliseconds(100),
                                      [&]() -> Result<std::string> {
                                        std::string found = ReadExcerpt(system, invocation);
                                        if (!found.empty()) return found;
                                        return Error{Code::kBusy, "dockerd logged nothing"};
                                      });
  return excerpt.ok() ? *excerpt : std::string();
}

}  // namespace

Error WithExcerpt(System& system, const UnitFacts& unit, Error error) {
  if (unit.invocation_id.empty()) return error;
  const std::string excerpt = AwaitExcerpt(system, unit.invocation_id);
  if (!excerpt.empty()) error.message += "; dockerd logged: " + excerpt;
  if (excerpt.find("no space left on device") == std::string::npos) return error;
  return Error{Code::kMissingDependency,
               error.message + "; free some space there and set the extension's settings again"};
}

Error StartFailure(System& system, const UnitFacts& before, const UnitFacts& after) {
  std::string why = after.result.empty() || after.result == "success" ? after.active_state : after.result;
  if (!after.load_error.empty()) why += ", " + after.load_error;
  Error error{Code::kInternal, "docker.service did not start (" + why + ")"};
  // A job that failed before the unit ran leaves the invocation of an earlier run.
  if (after.invocation_id == before.invocation_id) {
    error.message += "; `systemctl status docker` says why";
    return error;
  }
  return WithExcerpt(system, after, std::move(error));
}

}  // namespace dockerext
