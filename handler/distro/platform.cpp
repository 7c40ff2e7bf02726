// SPDX-License-Identifier: MIT
#include "handler/distro/platform.hpp"

#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

// Which dnf /usr/bin/dnf is, is asked of the machine: it is a link to dnf-3 or to dnf5.
bool IsOn(Files& files, const PackageManager& manager) {
  const auto program = files.Resolve(std::string(manager.program));
  return program.ok() && (manager.link.empty() || NameOf(*program) == manager.link);
}

// Where none is there, the last one's run says so.
const PackageManager* ManagerOf(Files& files, const Distro& distro) {
  for (const PackageManager* manager : distro.packages) {
    if (IsOn(files, *manager)) return manager;
  }
  return distro.packages.empty() ? nullptr : distro.packages.back();
}

}  // namespace

Result<Platform> DetectPlatform(Files& files) {
  auto text = files.Read("/etc/os-release");
  if (!text.ok()) text = files.Read("/usr/lib/os-release");
  if (!text.ok()) return MakeError<errors::kNoOsRelease>();
  TRY_LET(Platform platform, ChooseDistro(ParseOsRelease(*text)));
  platform.packages = ManagerOf(files, *platform.distro);
  // sd_booted(3): this folder exists exactly when systemd runs as PID 1.
  if (Exists(files, "/run/systemd/system")) return platform;
  return MakeError<errors::kNoSystemd>();
}

}  // namespace dockerext
