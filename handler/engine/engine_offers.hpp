// SPDX-License-Identifier: MIT
// Which packages of which source are Docker's engine here, in the order in which they are tried; and whether
// an engine that is installed is the one that was asked for. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/distro/distro.hpp"
#include "handler/packages/package_manager.hpp"
#include "handler/packages/repository.hpp"
#include "handler/settings/engine_source.hpp"

namespace dockerext {

struct EngineOffer {
  std::vector<std::string> packages;     // the engine's first
  std::vector<std::string> plugins;      // of the CLI: come along where the source has them
  std::optional<Repository> repository;  // none: the machine's own sources
};

// Whether the settings ask for Docker's own repository, or one like it.
bool AsksForRepository(const EngineSource& source);

// `installed`: the names of the installed packages. An engine among them is never replaced by another one:
// then only its own packages are offered. kMissingDependency when the source that is asked for
// has no place for this release. Not for a platform without packages.
Result<std::vector<EngineOffer>> OffersFor(const EngineSource& source, const Platform& platform,
                                           const std::vector<std::string>& installed);

// kInvalidSettings for an engine of another source than asked for. `installed` as above.
Status CheckOrigin(const EngineSource& source, const Distro& distro,
                   const std::vector<std::string>& installed);

// kInvalidSettings for an engine of no package that the extension knows, whose version it cannot change.
Status CheckChangeable(const Distro& distro, const std::vector<std::string>& installed);

// The package that has the engine, of the distribution or of Docker's own repository.
std::optional<InstalledPackage> EnginePackageOf(const Distro& distro,
                                                const std::vector<InstalledPackage>& installed);

// Whether one of them is a package of Docker's own repository.
bool HasUpstreamPackage(const std::vector<std::string>& installed);

// All packages that an offer may name.
std::vector<std::string> OfferedPackages(const Distro& distro);

enum class VersionChange { kNone, kUpgrade, kDowngrade };

// What the version asked for makes due, given the installed dockerd's. kInvalidSettings for a downgrade that
// was not allowed.
Result<VersionChange> ChangeOfVersion(const EngineSource& source, std::string_view installed_version);

}  // namespace dockerext
