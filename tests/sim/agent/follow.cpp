// SPDX-License-Identifier: MIT
#include "tests/sim/agent/follow.hpp"

#include "tests/sim/contract/status_names.hpp"

#include <algorithm>
#include <optional>
#include <thread>

namespace dockerext::agent_simulator {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMaxReads = 5;
constexpr std::chrono::milliseconds kRetryPause{2000};
constexpr std::chrono::milliseconds kPollInterval{200};

void ReportPart(const contract::StatusPart& part, std::string_view name, Reporter& reporter) {
  const std::string code = part.code == "0" ? "" : " (code " + part.code + ")";
  reporter.Event(name, part.status, part.message + code);
}

contract::Json RenderPart(const contract::StatusPart& part) {
  return {{"status", part.status}, {"code", part.code}, {"message", part.message}};
}

contract::Json RenderReading(const contract::StatusReading& reading) {
  contract::Json json = RenderPart(reading.top);
  json["substatus"] = contract::Json::array();
  for (const contract::StatusPart& part : reading.parts) {
    contract::Json named = {{"name", part.name}};
    named.update(RenderPart(part));
    json["substatus"].push_back(std::move(named));
  }
  return json;
}

// Reports what differs from the previous reading.
void ReportChanges(const contract::StatusReading& before, const contract::StatusReading& now,
                   Reporter& reporter) {
  for (const contract::StatusPart& part : now.parts) {
    const bool known = std::find(before.parts.begin(), before.parts.end(), part) != before.parts.end();
    if (!known) ReportPart(part, part.name.empty() ? "(no name)" : part.name, reporter);
  }
  const bool top_differs = now.kind != before.kind || !(now.top == before.top);
  if (top_differs) ReportPart(now.top, "status", reporter);
  if (top_differs || now.parts != before.parts) reporter.Append("statuses", RenderReading(now));
}

std::optional<Outcome> Classify(const contract::StatusReading& reading) {
  switch (reading.kind) {
    case contract::StatusKind::kAbsent:
      return std::nullopt;
    case contract::StatusKind::kReported:
      if (reading.top.status == contract::kSuccess) {
        return Outcome{ExitCode::kSuccess, reading.top.message};
      }
      if (reading.top.status != contract::kError) return std::nullopt;
      return Outcome{ExitCode::kStatusError, "the status is " + Describe(reading)};
    case contract::StatusKind::kUnreadable:
    case contract::StatusKind::kInvalid:
    case contract::StatusKind::kEmpty:
    case contract::StatusKind::kBlobLost:
      break;
  }
  return Outcome{ExitCode::kStatusInvalid, Describe(reading)};
}

Outcome TimeOut(const contract::StatusReading& last, const Pace& pace) {
  const std::string after = " after " + FormatSeconds(pace.wait);
  if (last.kind == contract::StatusKind::kAbsent) {
    return {ExitCode::kTimedOut, "no status file" + after +
                                     ": the agent would report transitioning for 90 minutes, and then the "
                                     "extension would fail in Azure"};
  }
  return {ExitCode::kTimedOut, "the status is still " + last.top.status + after};
}

}  // namespace

contract::StatusReading ReadAsAgent(const std::string& status_file, const Pace& pace) {
  contract::StatusReading reading = contract::ReadStatusFile(status_file);
  for (int reads = 1; reading.retry && reads < kMaxReads; ++reads) {
    std::this_thread::sleep_for(pace.Scaled(kRetryPause));
    reading = contract::ReadStatusFile(status_file);
  }
  return reading;
}

Outcome FollowStatus(const std::string& status_file, const Pace& pace, Reporter& reporter) {
  const auto deadline = Clock::now() + pace.wait;
  contract::StatusReading last;
  last.kind = contract::StatusKind::kAbsent;
  while (true) {
    contract::StatusReading now = ReadAsAgent(status_file, pace);
    if (now.kind != contract::StatusKind::kAbsent) ReportChanges(last, now, reporter);
    if (auto outcome = Classify(now)) return *std::move(outcome);
    if (Clock::now() >= deadline) return TimeOut(now, pace);
    last = std::move(now);
    std::this_thread::sleep_for(kPollInterval);
  }
}

std::string Describe(const contract::StatusReading& reading) {
  switch (reading.kind) {
    case contract::StatusKind::kReported:
      return reading.top.status + " " + reading.top.code + ": " + reading.top.message;
    case contract::StatusKind::kAbsent:
      return "no status file";
    case contract::StatusKind::kInvalid:
      return "invalid, reported as error 1012: " + reading.top.message;
    case contract::StatusKind::kUnreadable:
      return "unreadable, reported as error -1: " + reading.top.message;
    case contract::StatusKind::kEmpty:
    case contract::StatusKind::kBlobLost:
      break;
  }
  const bool lost = reading.kind == contract::StatusKind::kBlobLost;
  return reading.top.message + (lost ? ": the whole VM would stop reporting" : "");
}

}  // namespace dockerext::agent_simulator
