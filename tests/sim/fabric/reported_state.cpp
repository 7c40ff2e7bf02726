// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/reported_state.hpp"

#include "tests/sim/contract/status_names.hpp"

namespace dockerext::fabric {
namespace {

using Pointer = Json::json_pointer;

Json At(const Json& json, const char* path) {
  const Pointer pointer(path);
  return json.contains(pointer) ? json.at(pointer) : Json();
}

std::string TextAt(const Json& json, const char* path) {
  const Json found = At(json, path);
  return found.is_string() ? found.get<std::string>() : "";
}

// The agent reports the incarnation of its goal state as text. Agents of 2.2 do not (seen with 2.2.47): each
// of their iterations fetches a configuration, processes it and then reports.
bool IsForGoalState(const Upload& upload, const GoalState& state) {
  constexpr const char* kWhere =
      "/aggregateStatus/vmArtifactsAggregateStatus/goalStateAggregateStatus/inSvdSeqNo";
  const std::string reported = TextAt(upload.blob, kWhere);
  return reported.empty() ? upload.fetched == state.incarnation
                          : reported == std::to_string(state.incarnation);
}

// The handler's element of handlerAggregateStatus; null when there is none.
Json FindHandler(const Json& blob, const std::string& name) {
  for (const Json& handler : At(blob, "/aggregateStatus/handlerAggregateStatus")) {
    if (TextAt(handler, "/handlerName") == name) return handler;
  }
  return {};
}

bool IsReady(const Json& handler) { return TextAt(handler, "/status") == contract::kReady; }

ReportedOutcome ClassifyHandler(const Json& handler, ReportedState not_ready) {
  const std::string message = TextAt(handler, "/formattedMessage/message");
  if (IsReady(handler)) return {ReportedState::kPending, message};
  return {At(handler, "/code") == 0 ? not_ready : ReportedState::kError, message};
}

ReportedOutcome ClassifyEnabled(const Json& handler, const Extension& extension) {
  if (!IsReady(handler)) return ClassifyHandler(handler, ReportedState::kPending);
  if (!extension.settings) return {ReportedState::kSuccess, TextAt(handler, "/formattedMessage/message")};
  if (At(handler, "/runtimeSettingsStatus/sequenceNumber") != extension.sequence) return {};
  const Json status = At(handler, "/runtimeSettingsStatus/settingsStatus/status");
  const std::string reported = TextAt(status, "/status");
  const std::string message = TextAt(status, "/formattedMessage/message");
  if (reported == contract::kSuccess) return {ReportedState::kSuccess, message};
  return {reported == contract::kError ? ReportedState::kError : ReportedState::kPending, message};
}

}  // namespace

std::string_view NameOf(ReportedState state) {
  switch (state) {
    case ReportedState::kPending:
      return "pending";
    case ReportedState::kSuccess:
      return "success";
    case ReportedState::kError:
      return "error";
    case ReportedState::kDisabled:
      return "disabled";
    case ReportedState::kGone:
      break;
  }
  return "gone";
}

ReportedOutcome Classify(const Upload& upload, const GoalState& state, const Extension& extension) {
  if (!IsForGoalState(upload, state)) return {};
  const Json handler = FindHandler(upload.blob, extension.id.name);
  if (extension.state == "uninstall") {
    if (handler.is_null()) return {ReportedState::kGone, ""};
    return ClassifyHandler(handler, ReportedState::kPending);
  }
  if (handler.is_null()) return {};
  if (extension.state == "disabled") return ClassifyHandler(handler, ReportedState::kDisabled);
  return ClassifyEnabled(handler, extension);
}

}  // namespace dockerext::fabric
