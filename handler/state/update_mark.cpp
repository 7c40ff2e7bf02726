// SPDX-License-Identifier: MIT
#include "handler/state/update_mark.hpp"

#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

std::string MarkPath() { return std::string(kRuntimeFolder) + "/update-mark.json"; }

// /run is empty after each boot; the boot id covers machines on which it is not.
std::string BootId(Files& files) {
  const auto text = files.Read("/proc/sys/kernel/random/boot_id");
  return text.ok() ? std::string(Trim(*text)) : std::string();
}

}  // namespace

Status WriteUpdateMark(Files& files, Clock& clock, const std::string& target_version) {
  const json mark = {
      {"target", target_version}, {"bootId", BootId(files)}, {"sinceBootMs", clock.SinceBoot().count()}};
  TRY(files.MakeFolder(std::string(kRuntimeFolder), 0700_mode));
  return files.WriteAtomically(MarkPath(), mark.dump() + "\n", 0600_mode);
}

std::optional<std::string> ConsumeUpdateMark(Files& files, Clock& clock) {
  const auto text = files.Read(MarkPath());
  if (!text.ok() || !files.Remove(MarkPath()).ok()) return std::nullopt;
  try {
    const json mark = json::parse(*text);
    const std::chrono::milliseconds age =
        clock.SinceBoot() - std::chrono::milliseconds(mark.at("sinceBootMs").get<std::int64_t>());
    if (mark.at("bootId") != BootId(files) || age.count() < 0 || age > kUpdateMarkLifetime)
      return std::nullopt;
    return mark.at("target").get<std::string>();
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dockerext
