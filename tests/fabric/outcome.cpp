// SPDX-License-Identifier: MIT
#include "tests/fabric/outcome.hpp"

#include "tests/contract/status_words.hpp"

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

// The fabric's goal states are told apart by their incarnation, which the agent sends back as text. Agents of
// 2.2 do not (seen with 2.2.47): one loop of theirs takes a configuration, works it off and then reports.
bool IsAbout(const Upload& upload, const GoalState& state) {
  constexpr const char* kWhere =
      "/aggregateStatus/vmArtifactsAggregateStatus/goalStateAggregateStatus/inSvdSeqNo";
  const std::string said = TextAt(upload.blob, kWhere);
  return said.empty() ? upload.fetched == state.incarnation : said == std::to_string(state.incarnation);
}

// Its element of handlerAggregateStatus; null where there is none.
Json FindHandler(const Json& blob, const std::string& name) {
  for (const Json& handler : At(blob, "/aggregateStatus/handlerAggregateStatus")) {
    if (TextAt(handler, "/handlerName") == name) return handler;
  }
  return {};
}

bool IsReady(const Json& handler) { return TextAt(handler, "/status") == contract::kReady; }

Judgement JudgeHandler(const Json& handler, Outcome not_ready) {
  const std::string message = TextAt(handler, "/formattedMessage/message");
  if (IsReady(handler)) return {Outcome::kPending, message};
  return {At(handler, "/code") == 0 ? not_ready : Outcome::kError, message};
}

Judgement JudgeEnabled(const Json& handler, const Extension& extension) {
  if (!IsReady(handler)) return JudgeHandler(handler, Outcome::kPending);
  if (!extension.settings) return {Outcome::kSuccess, TextAt(handler, "/formattedMessage/message")};
  if (At(handler, "/runtimeSettingsStatus/sequenceNumber") != extension.sequence) return {};
  const Json status = At(handler, "/runtimeSettingsStatus/settingsStatus/status");
  const std::string word = TextAt(status, "/status");
  const std::string message = TextAt(status, "/formattedMessage/message");
  if (word == contract::kSuccess) return {Outcome::kSuccess, message};
  return {word == contract::kError ? Outcome::kError : Outcome::kPending, message};
}

}  // namespace

std::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPending:
      return "pending";
    case Outcome::kSuccess:
      return "success";
    case Outcome::kError:
      return "error";
    case Outcome::kDisabled:
      return "disabled";
    case Outcome::kGone:
      break;
  }
  return "gone";
}

Judgement Judge(const Upload& upload, const GoalState& state, const Extension& extension) {
  if (!IsAbout(upload, state)) return {};
  const Json handler = FindHandler(upload.blob, extension.id.name);
  if (extension.state == "uninstall") {
    if (handler.is_null()) return {Outcome::kGone, ""};
    return JudgeHandler(handler, Outcome::kPending);
  }
  if (handler.is_null()) return {};
  if (extension.state == "disabled") return JudgeHandler(handler, Outcome::kDisabled);
  return JudgeEnabled(handler, extension);
}

}  // namespace dockerext::fabric
