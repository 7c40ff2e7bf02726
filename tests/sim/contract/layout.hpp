// SPDX-License-Identifier: MIT
// The paths of a handler's files, and the content of those that the agent writes besides the settings:
// HandlerState, HandlerStatus, HandlerEnvironment.json. Creates no folder. From WALinuxAgent's
// exthandlers.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::contract {

struct HandlerId {
  std::string name;     // Publisher.Type
  std::string version;  // 1.0.0

  friend bool operator==(const HandlerId&, const HandlerId&) = default;
};

// Paths only; does not access the file system.
class Layout {
 public:
  Layout(std::string lib, std::string log_root, HandlerId id)
      : lib_(std::move(lib)), log_root_(std::move(log_root)), id_(std::move(id)) {}

  const HandlerId& id() const { return id_; }
  const std::string& lib() const { return lib_; }
  std::string Base() const { return lib_ + "/" + id_.name + "-" + id_.version; }
  std::string Config() const { return Base() + "/config"; }
  std::string StatusFolder() const { return Base() + "/status"; }
  std::string Logs() const { return log_root_ + "/" + id_.name; }
  std::string Events() const { return Logs() + "/events"; }
  std::string ManifestFile() const { return Base() + "/HandlerManifest.json"; }
  std::string EnvironmentFile() const { return Base() + "/HandlerEnvironment.json"; }
  std::string HeartbeatFile() const { return Base() + "/heartbeat.log"; }
  std::string StateFile() const { return Config() + "/HandlerState"; }
  std::string ReportFile() const { return Config() + "/HandlerStatus"; }
  std::string SettingsFile(std::uint64_t sequence) const;
  std::string StatusFile(std::uint64_t sequence) const;

 private:
  std::string lib_;
  std::string log_root_;
  HandlerId id_;
};

enum class HandlerState { kNotInstalled, kInstalled, kEnabled, kFailedUpgrade };

// A missing file is kNotInstalled, as for the agent.
HandlerState ReadHandlerState(const Layout& layout);
Status WriteHandlerState(const Layout& layout, HandlerState state);

// Whether the agent counts this version as installed: after a failed upgrade it does not.
bool IsInstalled(HandlerState state);

// The agent's own status of the handler, as opposed to the handler's status file.
struct HandlerReport {
  bool ready = false;
  int code = 0;
  std::string message;
};

// Ready or NotReady.
std::string_view ReadinessOf(const HandlerReport& report);

Status WriteHandlerReport(const Layout& layout, const HandlerReport& report);

// The report that was written last; none when there is no report of this version yet.
std::optional<HandlerReport> ReadHandlerReport(const Layout& layout);

// HandlerEnvironment.json's text.
std::string RenderEnvironment(const Layout& layout);

// Every handler below a lib folder that has a HandlerState.
std::vector<HandlerId> HandlersIn(const std::string& lib);

}  // namespace dockerext::contract
