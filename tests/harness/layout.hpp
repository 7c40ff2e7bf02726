// SPDX-License-Identifier: MIT
// Where the agent keeps a handler's things, and the files that it makes for it besides the settings: folders,
// HandlerState, HandlerStatus, HandlerEnvironment.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::harness {

struct HandlerId {
  std::string name;     // Publisher.Type
  std::string version;  // 1.0.0
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

Status WriteHandlerReport(const Layout& layout, const HandlerReport& report);

// As it was written last; nothing when the agent has not said anything of this version yet.
std::optional<HandlerReport> ReadHandlerReport(const Layout& layout);

// The lib folder (0700, the agent's own; one that others can enter is refused, since keys lie in it), and the
// handler's folder with config/ and HandlerState: everything that comes before the download.
Status MakeHandlerFolder(const Layout& layout);

// Everything between the ZIP's files and the settings: u+x, the manifest at the root, status/, config/, the
// log and events folders, HandlerEnvironment.json.
Status InitialiseHandler(const Layout& layout);

// All that survives an update: mrseq and the files of status/, with their times.
Status CarryOver(const Layout& from, const Layout& to);

// Moves a handler's folder out of the lib folder, where the agent would remove it, to <lib>.kept (0700); says
// where it is. One that was kept before is replaced.
Result<std::string> KeepAside(const Layout& layout);

std::string RenderEnvironment(const Layout& layout);

// Every handler below a lib folder that has a HandlerState.
std::vector<HandlerId> HandlersIn(const std::string& lib);

}  // namespace dockerext::harness
