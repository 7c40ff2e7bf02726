// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

bool IsBeingInstalled(Files& files, const std::string& folder, std::uint64_t sequence,
                      std::chrono::system_clock::time_point now) {
  if (!Exists(files, folder + "/HandlerManifest.json")) return false;
  const auto state = files.Read(folder + "/config/HandlerState");
  if (!state.ok() || Trim(*state) != "NotInstalled") return false;
  const auto settings = files.Inspect(folder + "/config/" + std::to_string(sequence) + ".settings");
  if (!settings.ok()) return false;
  const auto age = now - settings->modified;
  return age < kUpdateWindow && age > -kUpdateWindow;
}

}  // namespace

std::optional<std::string> UpdatingTo(Files& files, const Invocation& invocation,
                                      std::chrono::system_clock::time_point now) {
  if (!invocation.sequence) return std::nullopt;
  const std::string lib = ParentOf(invocation.folder);
  const std::string prefix = invocation.name + "-";
  const auto names = files.List(lib);
  if (!names.ok()) return std::nullopt;
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix) || name == NameOf(invocation.folder)) continue;
    if (IsBeingInstalled(files, lib + "/" + name, *invocation.sequence, now))
      return name.substr(prefix.size());
  }
  return std::nullopt;
}

}  // namespace dockerext
