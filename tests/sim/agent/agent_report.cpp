// SPDX-License-Identifier: MIT
#include "tests/sim/agent/agent_report.hpp"

#include <sys/stat.h>

#include <chrono>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/sim/agent/settings_file.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/manifest.hpp"
#include "tests/sim/contract/status_names.hpp"
#include "tests/sim/contract/status_reader.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr std::chrono::seconds kHeartbeatLife{600};

contract::Json Message(const std::string& text) { return {{"lang", "en-US"}, {"message", text}}; }

std::string MessageOf(const contract::Json& status) {
  const contract::Json::json_pointer where("/formattedMessage/message");
  return status.contains(where) && status.at(where).is_string() ? status.at(where).get<std::string>() : "";
}

// A status code may be any JSON.
contract::Json CodeOf(const contract::StatusPart& part) {
  const auto code = contract::ParseJson(part.code);
  return code ? *code : contract::Json(part.code);
}

contract::Json RenderPart(const contract::StatusPart& part, const std::string& message) {
  contract::Json json = {{"name", part.name}, {"status", part.status}, {"code", CodeOf(part)}};
  if (!message.empty()) json["formattedMessage"] = Message(message);
  return json;
}

// The agent's own message when it reports none of the status file.
std::string MessageFor(const contract::Layout& layout, const contract::StatusReading& reading) {
  switch (reading.kind) {
    case contract::StatusKind::kAbsent:
      return "This status is being reported by the Guest Agent since no status file was reported by "
             "extension " +
             layout.id().name;
    case contract::StatusKind::kInvalid:
      return "Could not get a valid status from the extension " + layout.id().name +
             ". Encountered the following error: " + reading.top.message;
    case contract::StatusKind::kUnreadable:
      return "We couldn't read any status for " + layout.id().name + " extension: " + reading.top.message;
    case contract::StatusKind::kReported:
    case contract::StatusKind::kEmpty:
    case contract::StatusKind::kBlobLost:
      break;
  }
  return reading.top.message;
}

contract::Json RenderSettingsStatus(const contract::Layout& layout, const contract::StatusReading& reading,
                                    std::uint64_t sequence) {
  contract::Json status = {{"name", layout.id().name},
                           {"configurationAppliedTime", reading.applied_time},
                           {"operation", reading.operation}};
  contract::Json part = RenderPart(reading.top, MessageFor(layout, reading));
  part.erase("name");
  status.update(part);
  if (reading.kind == contract::StatusKind::kEmpty) status["status"] = status["code"] = nullptr;
  for (const contract::StatusPart& substatus : reading.parts) {
    status["substatus"].push_back(RenderPart(substatus, substatus.message));
  }
  const contract::Json stamped = {
      {"status", status}, {"version", 1.0}, {"timestampUTC", FormatUtc(std::chrono::system_clock::now())}};
  return {{"settingsStatus", stamped}, {"sequenceNumber", sequence}};
}

bool IsFresh(const std::string& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return false;
  const auto written = std::chrono::system_clock::from_time_t(found.st_mtime);
  return std::chrono::system_clock::now() - written <= kHeartbeatLife;
}

// Overrides the handler's status with the heartbeat's, if the manifest declares one; not validated.
void ApplyHeartbeat(const contract::Layout& layout, contract::Json& handler) {
  const std::string file = layout.HeartbeatFile();
  if (!contract::ReportsHeartbeat(layout.ManifestFile())) return;
  const auto text = contract::ReadFile(file);
  const auto json = text.ok() ? contract::ParseJson(*text) : std::nullopt;
  const contract::Json::json_pointer where("/0/heartbeat");
  if (!text.ok() || !json || !json->contains(where)) {
    handler["status"] = contract::kNotReady;
    handler["code"] = -1;
    handler["formattedMessage"] =
        Message(text.ok() ? "Malformed heartbeat file" : "Failed to get heart beat file");
    return;
  }
  if (!IsFresh(file)) {
    handler["status"] = contract::kUnresponsive;
    return;
  }
  const contract::Json& heartbeat = json->at(where);
  handler["status"] = heartbeat.contains("status") ? heartbeat["status"] : contract::Json();
  if (!MessageOf(heartbeat).empty()) handler["formattedMessage"] = Message(MessageOf(heartbeat));
}

// The agent reads no status file without settings, and none before the handler is installed.
std::optional<std::uint64_t> SequenceToReport(const contract::Layout& layout) {
  const auto sequence = LastSequence(layout);
  if (!sequence || contract::ReadHandlerState(layout) == contract::HandlerState::kNotInstalled)
    return std::nullopt;
  const auto settings = contract::ReadFile(layout.SettingsFile(*sequence));
  return settings.ok() && settings->empty() ? std::nullopt : sequence;
}

}  // namespace

AgentReport CollectReport(const contract::Layout& layout, const Pace& pace) {
  const auto handler_report = contract::ReadHandlerReport(layout);
  if (!handler_report) {
    return {.handler = {},
            .note = "the handler is not present, which is what Azure waits for after a removal"};
  }
  AgentReport report;
  report.handler = {{"handlerVersion", layout.id().version},
                    {"handlerName", layout.id().name},
                    {"status", contract::ReadinessOf(*handler_report)},
                    {"code", handler_report->code},
                    {"useExactVersion", true},
                    {"formattedMessage", Message(handler_report->message)}};
  if (contract::ReadHandlerState(layout) != contract::HandlerState::kNotInstalled)
    ApplyHeartbeat(layout, report.handler);
  const auto sequence = SequenceToReport(layout);
  if (!sequence) return report;
  const contract::StatusReading reading = ReadAsAgent(layout.StatusFile(*sequence), pace);
  if (reading.kind == contract::StatusKind::kBlobLost) return {.handler = {}, .note = Describe(reading)};
  if (reading.truncated) report.note = "the status file is longer than 131072 characters";
  report.handler["runtimeSettingsStatus"] = RenderSettingsStatus(layout, reading, *sequence);
  return report;
}

void PrintReport(const AgentReport& report, Reporter& reporter) {
  reporter.Set("report", report.handler);
  if (report.handler.is_null()) {
    reporter.Event("agent reports", "nothing", report.note);
    return;
  }
  const auto print = [&](const std::string& what, const contract::Json& status) {
    reporter.Event(what, contract::DumpPlain(status["status"]) + " " + contract::DumpPlain(status["code"]),
                   MessageOf(status));
  };
  print("agent reports", report.handler);
  if (!report.note.empty()) reporter.Event("agent reports", "truncated", report.note);
  const contract::Json::json_pointer where("/runtimeSettingsStatus/settingsStatus/status");
  if (!report.handler.contains(where)) return;
  print("  settings " + report.handler["runtimeSettingsStatus"]["sequenceNumber"].dump(),
        report.handler.at(where));
}

}  // namespace dockerext::agent_simulator
