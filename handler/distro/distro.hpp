// SPDX-License-Identifier: MIT
// The supported distributions, as data: one row for each range of releases that needs the same
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

// kUnsupportedPlatform names the distribution found and the supported ones.
Result<const Distro*> ChooseDistro(const OsRelease& release);

// Compares number by number, not as text: "9" is below "20.04".
bool IsVersionBelow(std::string_view a, std::string_view b);

}  // namespace dockerext
