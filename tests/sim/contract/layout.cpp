// SPDX-License-Identifier: MIT
#include "tests/sim/contract/layout.hpp"

#include <array>
#include <utility>

#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/python_json.hpp"
#include "tests/sim/contract/status_names.hpp"

namespace dockerext::contract {
namespace {

constexpr std::array<std::pair<HandlerState, std::string_view>, 4> kStates = {{
    {HandlerState::kNotInstalled, "NotInstalled"},
    {HandlerState::kInstalled, "Installed"},
    {HandlerState::kEnabled, "Enabled"},
    {HandlerState::kFailedUpgrade, "FailedUpgrade"},
}};

}  // namespace

std::string Layout::SettingsFile(std::uint64_t sequence) const {
  return Config() + "/" + std::to_string(sequence) + ".settings";
}

std::string Layout::StatusFile(std::uint64_t sequence) const {
  return StatusFolder() + "/" + std::to_string(sequence) + ".status";
}

HandlerState ReadHandlerState(const Layout& layout) {
  const auto text = ReadFile(layout.StateFile());
  for (const auto& [state, name] : kStates) {
    if (text.ok() && *text == name) return state;
  }
  return HandlerState::kNotInstalled;
}

Status WriteHandlerState(const Layout& layout, HandlerState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return WriteFile(layout.StateFile(), name);
  }
  return Error{Code::kInternal, "unknown handler state"};
}

bool IsInstalled(HandlerState state) {
  return state == HandlerState::kInstalled || state == HandlerState::kEnabled;
}

std::string_view ReadinessOf(const HandlerReport& report) { return report.ready ? kReady : kNotReady; }

Status WriteHandlerReport(const Layout& layout, const HandlerReport& report) {
  const Json json = {{"name", layout.id().name},      {"version", layout.id().version},
                     {"status", ReadinessOf(report)}, {"code", report.code},
                     {"message", report.message},     {"supports_multi_config", false},
                     {"extension_status", nullptr}};
  return WriteFile(layout.ReportFile(), DumpAsPython(json));
}

std::optional<HandlerReport> ReadHandlerReport(const Layout& layout) {
  const auto text = ReadFile(layout.ReportFile());
  const auto json = text.ok() ? ParseJson(*text) : std::nullopt;
  if (!json || !json->is_object()) return std::nullopt;
  return HandlerReport{json->value("status", "") == kReady, json->value("code", 0),
                       json->value("message", "")};
}

std::string RenderEnvironment(const Layout& layout) {
  const Json folders = {{"logFolder", layout.Logs()},
                        {"configFolder", layout.Config()},
                        {"statusFolder", layout.StatusFolder()},
                        {"heartbeatFile", layout.HeartbeatFile()},
                        {"eventsFolder", layout.Events()},
                        {"eventsFolder_preview", layout.Events()}};
  const Json handler = {{"name", layout.id().name}, {"version", 1.0}, {"handlerEnvironment", folders}};
  return DumpAsPython(Json::array({handler}));
}

std::vector<HandlerId> HandlersIn(const std::string& lib) {
  std::vector<HandlerId> handlers;
  for (const std::string& name : NamesIn(lib)) {
    const auto dash = name.rfind('-');
    if (dash == std::string::npos) continue;
    HandlerId id{name.substr(0, dash), name.substr(dash + 1)};
    if (Exists(Layout(lib, "", id).StateFile())) handlers.push_back(std::move(id));
  }
  return handlers;
}

}  // namespace dockerext::contract
