// SPDX-License-Identifier: MIT
#include "tests/harness/agent_report.hpp"

#include <sys/stat.h>

#include <chrono>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/harness/files.hpp"
#include "tests/harness/manifest.hpp"
#include "tests/harness/settings_file.hpp"
#include "tests/harness/status_reader.hpp"

namespace dockerext::harness {
namespace {

constexpr std::chrono::seconds kHeartbeatLife{600};

Json Message(const std::string& text) { return {{"lang", "en-US"}, {"message", text}}; }

std::string MessageOf(const Json& status) {
  const Json::json_pointer where("/formattedMessage/message");
  return status.contains(where) && status.at(where).is_string() ? status.at(where).get<std::string>() : "";
}

// A status' code is whatever JSON the handler wrote.
Json CodeOf(const StatusPart& part) {
  const auto code = ParseJson(part.code);
  return code ? *code : Json(part.code);
}

Json RenderPart(const StatusPart& part, const std::string& message) {
  Json json = {{"name", part.name}, {"status", part.status}, {"code", CodeOf(part)}};
  if (!message.empty()) json["formattedMessage"] = Message(message);
  return json;
}

// The agent's own words where the file has none that count.
std::string MessageFor(const Layout& layout, const StatusReading& reading) {
  switch (reading.standing) {
    case Standing::kAbsent:
      return "This status is being reported by the Guest Agent since no status file was reported by "
             "extension " +
             layout.id().name;
    case Standing::kInvalid:
      return "Could not get a valid status from the extension " + layout.id().name +
             ". Encountered the following error: " + reading.top.message;
    case Standing::kUnreadable:
      return "We couldn't read any status for " + layout.id().name + " extension: " + reading.top.message;
    case Standing::kReported:
    case Standing::kEmpty:
    case Standing::kBlobLost:
      break;
  }
  return reading.top.message;
}

Json RenderSettingsStatus(const Layout& layout, const StatusReading& reading, std::uint64_t sequence) {
  Json status = {{"name", layout.id().name},
                 {"configurationAppliedTime", reading.applied_time},
                 {"operation", reading.operation}};
  Json part = RenderPart(reading.top, MessageFor(layout, reading));
  part.erase("name");
  status.update(part);
  if (reading.standing == Standing::kEmpty) status["status"] = status["code"] = nullptr;
  for (const StatusPart& substatus : reading.parts) {
    status["substatus"].push_back(RenderPart(substatus, substatus.message));
  }
  const Json stamped = {
      {"status", status}, {"version", 1.0}, {"timestampUTC", FormatUtc(std::chrono::system_clock::now())}};
  return {{"settingsStatus", stamped}, {"sequenceNumber", sequence}};
}

bool IsFresh(const std::string& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return false;
  const auto written = std::chrono::system_clock::from_time_t(found.st_mtime);
  return std::chrono::system_clock::now() - written <= kHeartbeatLife;
}

// Overlays what the heartbeat says, if the manifest promises one; its status is passed on unvalidated.
void ApplyHeartbeat(const Layout& layout, Json& handler) {
  const std::string file = layout.Base() + "/heartbeat.log";
  if (!ReportsHeartbeat(layout.ManifestFile())) return;
  const auto text = ReadFile(file);
  const auto json = text.ok() ? ParseJson(*text) : std::nullopt;
  const Json::json_pointer where("/0/heartbeat");
  if (!text.ok() || !json || !json->contains(where)) {
    handler["status"] = "NotReady";
    handler["code"] = -1;
    handler["formattedMessage"] =
        Message(text.ok() ? "Malformed heartbeat file" : "Failed to get heart beat file");
    return;
  }
  if (!IsFresh(file)) {
    handler["status"] = "Unresponsive";
    return;
  }
  const Json& heartbeat = json->at(where);
  handler["status"] = heartbeat.contains("status") ? heartbeat["status"] : Json();
  if (!MessageOf(heartbeat).empty()) handler["formattedMessage"] = Message(MessageOf(heartbeat));
}

// Without settings, and before the handler is installed, no status file is read.
std::optional<std::uint64_t> SequenceToReport(const Layout& layout) {
  const auto sequence = LastSequence(layout);
  if (!sequence || ReadHandlerState(layout) == HandlerState::kNotInstalled) return std::nullopt;
  const auto settings = ReadFile(layout.SettingsFile(*sequence));
  return settings.ok() && settings->empty() ? std::nullopt : sequence;
}

}  // namespace

AgentReport CollectReport(const Layout& layout, const Pace& pace) {
  const auto said = ReadHandlerReport(layout);
  if (!said) {
    return {.handler = {},
            .because = "the handler is not there, which is what Azure waits for after a removal"};
  }
  AgentReport report;
  report.handler = {{"handlerVersion", layout.id().version},
                    {"handlerName", layout.id().name},
                    {"status", said->ready ? "Ready" : "NotReady"},
                    {"code", said->code},
                    {"useExactVersion", true},
                    {"formattedMessage", Message(said->message)}};
  if (ReadHandlerState(layout) != HandlerState::kNotInstalled) ApplyHeartbeat(layout, report.handler);
  const auto sequence = SequenceToReport(layout);
  if (!sequence) return report;
  const StatusReading reading = ReadAsAgent(layout.StatusFile(*sequence), pace);
  if (reading.standing == Standing::kBlobLost) return {.handler = {}, .because = Describe(reading)};
  if (reading.truncated) report.because = "the status file is longer than 131072 characters";
  report.handler["runtimeSettingsStatus"] = RenderSettingsStatus(layout, reading, *sequence);
  return report;
}

void TellReport(const AgentReport& report, Reporter& reporter) {
  reporter.Set("report", report.handler);
  if (report.handler.is_null()) {
    reporter.Event("agent reports", "nothing", report.because);
    return;
  }
  const auto tell = [&](const std::string& what, const Json& status) {
    reporter.Event(what, DumpPlain(status["status"]) + " " + DumpPlain(status["code"]), MessageOf(status));
  };
  tell("agent reports", report.handler);
  if (!report.because.empty()) reporter.Event("agent reports", "cut", report.because);
  const Json::json_pointer where("/runtimeSettingsStatus/settingsStatus/status");
  if (!report.handler.contains(where)) return;
  tell("  settings " + report.handler["runtimeSettingsStatus"]["sequenceNumber"].dump(),
       report.handler.at(where));
}

}  // namespace dockerext::harness
