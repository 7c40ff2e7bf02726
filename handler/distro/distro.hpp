// SPDX-License-Identifier: MIT
// The supported distributions, as data: one row for each range of releases that needs the same packages.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "handler/distro/os_release.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {

// Whether a distribution that names the row's in its ID_LIKE is supported as that.
enum class Derivatives { kNo, kSameVersion, kByCodename };

// A release whose version is known by its codename only.
struct Codename {
  std::string_view name;
  std::string_view version;
};

struct Distro {
  std::string_view name;                  // for messages and documents
  std::span<const std::string_view> ids;  // os-release ID: of those whose releases are the same
  std::string_view min_version;           // VERSION_ID, inclusive; empty: any, also none
  std::string_view below_version;         // exclusive; empty: no upper end
  Derivatives derivatives = Derivatives::kNo;
  std::span<const Codename> codenames;
  // The first that is on the machine; none: packages cannot be installed there, and Docker is part of it.
  std::span<const PackageManager* const> packages;
  // Of the distribution's own sources: engine and CLI, the engine's first; and plugins of the CLI, which come
  // along. Empty: it has none.
  std::span<const std::string_view> docker_packages;
  std::span<const std::string_view> docker_plugins;
  std::string_view upstream;  // its folder in Docker's own repository; empty: there is none
};

// What this machine is.
struct Platform {
  const Distro* distro = nullptr;
  const PackageManager* packages = nullptr;  // null: none
  // As os-release has it; a derivative's version and codename are those of the release that it is made of.
  OsRelease release;
};

std::span<const Distro> SupportedDistros();

// "Debian 11 to 14, Ubuntu 20.04 and later, ..."
std::string SupportedReleases();

// The row, and the release as it; packages are not set. kUnsupportedPlatform names the distribution found and
// the supported ones.
Result<Platform> ChooseDistro(const OsRelease& release);

// Compares number by number, not as text: "9" is below "20.04".
bool IsVersionBelow(std::string_view a, std::string_view b);

}  // namespace dockerext
