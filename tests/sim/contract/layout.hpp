// SPDX-License-Identifier: MIT
// Where the agent keeps a handler's things, and what is in the files that it makes for it besides the
// settings: HandlerState, HandlerStatus, HandlerEnvironment.json. Makes no folder. From WALinuxAgent's
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

// Paths only; touches nothing.
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

// No file is kNotInstalled, as for the agent.
HandlerState ReadHandlerState(const Layout& layout);
Status WriteHandlerState(const Layout& layout, HandlerState state);

// What the agent takes for a version that is there: one whose upgrade failed is not.
bool IsInstalled(HandlerState state);

// What the agent says of the handler, as opposed to what the handler says in its status file.
struct HandlerReport {
  bool ready = false;
  int code = 0;
  std::string message;
};

// Ready or NotReady.
std::string_view ReadinessOf(const HandlerReport& report);

Status WriteHandlerReport(const Layout& layout, const HandlerReport& report);

// As it was written last; nothing when the agent has not said anything of this version yet.
std::optional<HandlerReport> ReadHandlerReport(const Layout& layout);

// HandlerEnvironment.json's text.
std::string RenderEnvironment(const Layout& layout);

// Every handler below a lib folder that has a HandlerState.
std::vector<HandlerId> HandlersIn(const std::string& lib);

}  // namespace dockerext::contract
