// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"

namespace dockerext {

Result<OsRelease> ReadOsRelease(Files& files) {
  auto text = files.Read("/etc/os-release");
  if (!text.ok()) text = files.Read("/usr/lib/os-release");
  if (!text.ok()) {
    return Error{Code::kUnsupportedPlatform,
                 "neither /etc/os-release nor /usr/lib/os-release exists, so the "
                 "distribution is unknown; reinstall the package that owns them"};
  }
  return ParseOsRelease(*text);
}

Result<const Distro*> DetectPlatform(Files& files) {
  TRY_LET(const OsRelease release, ReadOsRelease(files));
  TRY_LET(const Distro* distro, ChooseDistro(release));
  // sd_booted(3): this folder exists exactly when systemd runs as PID 1.
  if (Exists(files, "/run/systemd/system")) return distro;
  return Error{Code::kMissingDependency,
               "systemd is not running as PID 1 (/run/systemd/system is missing); boot the VM with systemd"};
}

}  // namespace dockerext
