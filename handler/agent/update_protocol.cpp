// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

bool IsBeingInstalled(Files& files, const std::string& folder, std::uint64_t sequence) {
  const auto state = files.Read(folder + "/config/HandlerState");
  return state.ok() && Trim(*state) == "NotInstalled" && Exists(files, folder + "/HandlerManifest.json") &&
         Exists(files, folder + "/config/" + std::to_string(sequence) + ".settings");
}

}  // namespace

std::vector<std::string> UpdatingTo(Files& files, const Invocation& invocation) {
  std::vector<std::string> versions;
  const std::string lib = ParentOf(invocation.folder);
  const std::string prefix = invocation.name + "-";
  const auto names = files.List(lib);
  if (!invocation.sequence || !names.ok()) return versions;
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix) || name == NameOf(invocation.folder)) continue;
    if (IsBeingInstalled(files, lib + "/" + name, *invocation.sequence))
      versions.push_back(name.substr(prefix.size()));
  }
  return versions;
}

}  // namespace dockerext
