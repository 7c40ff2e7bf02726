// SPDX-License-Identifier: MIT
// The distributions that are served, as data: one row for each range of releases that needs the same
// packages.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "handler/distro/os_release.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {

struct Distro {
  std::string_view id;             // os-release ID
  std::string_view min_version;    // os-release VERSION_ID, inclusive
  std::string_view below_version;  // exclusive; empty: no upper end
  const PackageManager* packages;
  std::span<const std::string_view> docker_packages;  // engine and CLI
};

std::span<const Distro> SupportedDistros();

// kUnsupportedPlatform names what was found and what is served.
Result<const Distro*> ChooseDistro(const OsRelease& release);

// "20.04" against "9": number by number, not as text.
bool IsVersionBelow(std::string_view a, std::string_view b);

}  // namespace dockerext
