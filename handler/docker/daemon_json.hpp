// SPDX-License-Identifier: MIT
// daemon.json as the engine in hand reads it, by its version: what others wrote in it is read and kept;
// live-restore is the only key that we add. Pure text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

// Where dockerd looks without --config-file.
inline constexpr std::string_view kDaemonJsonPath = "/etc/docker/daemon.json";

struct DaemonJson {
  // As dockerd tests them against its flags: the object's own, and in place of a key whose value is an object
  // that is no option's value, the keys of that object.
  std::vector<std::string> keys;
  std::optional<bool> live_restore;  // of the object itself; null is none
  std::vector<std::string> authorization_plugins;
  std::string data_root;
  std::string metrics_address;
};

// `engine_version` as the engine names it ("20.10.24+dfsg1"); for one that is empty or has no number, what
// any engine would refuse is refused. `path` is for messages. An empty text is an empty *file*, which engines
// before 23.0 refuse, while all do without a file. kInvalidSettings names what dockerd would not start with,
// as far as the text alone shows it: keys that it does not know and values of keys that are not in DaemonJson
// are the engine's to judge.
Result<DaemonJson> ReadDaemonJson(std::string_view text, std::string_view engine_version,
                                  const std::string& path);

// The same text with live-restore set so: everything else keeps its bytes, in its encoding. A text without an
// object (empty, white space, null) becomes one. `text` must be valid for ReadDaemonJson.
std::string WithLiveRestore(std::string_view text, bool value);

// The same text without what WithLiveRestore added, wherever it stands by now: everything else keeps its
// bytes, also what was appended behind the object. Of several live-restore keys the first goes, which is
// where ours was added; the others are their owner's. Undoes WithLiveRestore to the byte, except that a text
// without an object stays an empty object, which every engine accepts.
std::string WithoutLiveRestore(std::string_view text);

// The same, to the bytes of the `original` that WithLiveRestore was given, unless somebody edited the text
// since.
std::string WithoutLiveRestore(std::string_view text, std::string_view original);

// The key that is equivalent to an option of dockerd ("--label=a" -> "labels"): both at once stop dockerd,
// even when they are equal. Empty for the one that it merges (--add-runtime).
std::string KeyOfOption(std::string_view option);

}  // namespace dockerext
