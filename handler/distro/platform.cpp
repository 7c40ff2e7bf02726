// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {

Result<OsRelease> ReadOsRelease(Files& files) {
  auto text = files.Read("/etc/os-release");
  if (!text.ok()) text = files.Read("/usr/lib/os-release");
  if (!text.ok()) {
    return MakeError<errors::kNoOsRelease>();
  }
  return ParseOsRelease(*text);
}

Result<const Distro*> DetectPlatform(Files& files) {
  TRY_LET(const OsRelease release, ReadOsRelease(files));
  TRY_LET(const Distro* distro, ChooseDistro(release));
  // sd_booted(3): this folder exists exactly when systemd runs as PID 1.
  if (Exists(files, "/run/systemd/system")) return distro;
  return MakeError<errors::kNoSystemd>();
}

}  // namespace dockerext
