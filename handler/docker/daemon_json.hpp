// SPDX-License-Identifier: MIT
// /etc/docker/daemon.json: what others wrote in it is read and kept; live-restore is the only key that we
// add. Pure text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

inline constexpr std::string_view kDaemonJsonPath = "/etc/docker/daemon.json";

struct DaemonJson {
  std::vector<std::string>
      keys;  // as dockerd tests them against its flags: of the object itself, and of objects in it
  std::optional<bool> live_restore;
  std::vector<std::string> authorization_plugins;
};

// An empty text and null are an empty object, as for dockerd. kInvalidSettings names what dockerd would
// reject.
Result<DaemonJson> ReadDaemonJson(std::string_view text);

// The same text with live-restore set so; where the key is new, everything else keeps its bytes. `text` must
// be valid for ReadDaemonJson.
std::string WithLiveRestore(std::string_view text, bool value);

// The same values without live-restore.
std::string WithoutLiveRestore(std::string_view text);

// The key that is equivalent to an option of dockerd ("--label=a" -> "labels"): both at once stop dockerd,
// even when they are equal. Empty for the one that it merges (--add-runtime).
std::string KeyOfOption(std::string_view option);

}  // namespace dockerext
