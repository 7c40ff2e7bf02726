// SPDX-License-Identifier: MIT
// A VM that plays an rpm distribution: DX_RELEASE, one of those of tests/e2e/images/image_that_plays.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/suites/handler/package_vm.hpp"

namespace dockerext {

struct PlayedDistribution {
  std::string release;
  std::string manager;                                  // "dnf" or "zypper"
  std::string source;                                   // for publicSettings.docker.source
  std::string url;                                      // for publicSettings.docker.repository; empty: none
  std::string engine;                                   // the package
  std::vector<std::string> packages;                    // installed with it
  std::string plugins;                                  // their folder
  std::string install;                                  // a command; a name follows
  std::vector<std::pair<std::string, LockKind>> locks;  // the manager's and rpm's own
};

// The one of DX_RELEASE, the first where that is not set.
const PlayedDistribution& Played();

class RpmVm : public SharedVm<RpmVm> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kPlayed;

 protected:
  static PackageWorld world() { return PackageWorld(vm()); }
  // publicSettings.docker for an installation from the local repository.
  static nlohmann::json Settings();

  // The packages without keys, and the keys that rpm trusts: a line each, sorted.
  static std::string Packages();
  static std::string Keys();
  static void ExpectDocker();
  static void ExpectNoDocker();
  // Files that are the extension's or, on Enterprise Linux, Docker's repository; "" if none.
  static std::string RepositoryFiles();
  // Another repository file with Docker's local repository, as its owner adds it; nothing on openSUSE.
  static void AddOwnersRepository();
};

}  // namespace dockerext
