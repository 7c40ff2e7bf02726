// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"
#include "handler/verbs/verb.hpp"

namespace dockerext {
namespace {

// The agent unpacks the ZIP once, and does not wait for the disk. A power cut soon afterwards would leave it
// with empty files, which it would call from then on: they succeed and do nothing.
Status SyncExtension(Files& files, const std::string& folder) {
  if (!Exists(files, folder + "/HandlerManifest.json")) return {};  // a program that was started by hand
  return files.SyncTree(folder);
}

}  // namespace

// Needs no network: the worker of enable installs the packages.
Status Install(VerbContext& context) {
  System& system = context.system;
  TRY(DetectPlatform(system.files));
  const Status synced = SyncExtension(system.files, context.invocation.folder);
  if (!synced.ok()) system.log.Warn(synced.error().what + ", continuing");
  return {};
}

}  // namespace dockerext
