// SPDX-License-Identifier: MIT
// Where Docker comes from and in which version, as the settings want it: typed and validated, so that each
// field may stand in a command line and in a package manager's file. The key is public data.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

class ObjectReader;

enum class EngineOrigin {
  kAuto,          // what is installed; else what the machine's own sources offer; else upstream
  kDistribution,  // the machine's own sources
  kUpstream,      // Docker's repository or its mirror in this cloud
  kCustom,        // the settings' repository
};

struct EngineSource {
  EngineOrigin origin = EngineOrigin::kAuto;
  std::string version;  // "28", "28.5.2", "5:28.5.2-1~debian.12~bookworm"; empty: any
  std::string channel = "stable";
  bool allow_downgrade = false;
  std::string url;  // of upstream: its root; of a custom one: the repository's folder, with placeholders
  std::string key;  // armored OpenPGP; empty: upstream's, which the extension has

  friend bool operator==(const EngineSource&, const EngineSource&) = default;
};

// "auto", "distribution", "upstream", "custom"; nullopt for any other name.
std::string OriginName(EngineOrigin origin);
std::optional<EngineOrigin> OriginOf(std::string_view name);

// Below it upstream has a folder for each distribution.
inline constexpr std::string_view kUpstreamUrl = "https://download.docker.com/linux";

// "28.5.2" of "5:28.5.2-1~debian.12~bookworm", of "28.5.2_ce-1" (openSUSE) and of "28.5.2".
std::string_view EngineVersionOf(std::string_view package_version);

// Whether `version` is what `wanted` asks for: the same, or the same up to the end of a number of it. A
// package's epoch and revision ("5:28.5.2-1~debian") count only where `wanted` has them.
bool IsVersion(std::string_view version, std::string_view wanted);

// `docker` reads publicSettings.docker; `settings` the object around it, which has azure-environment.
EngineSource ReadEngineSource(ObjectReader& settings, ObjectReader* docker);

}  // namespace dockerext
