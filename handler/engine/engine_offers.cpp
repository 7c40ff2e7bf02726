// SPDX-License-Identifier: MIT
#include "handler/engine/engine_offers.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/distro/docker_keys.hpp"
#include "handler/errors/engine_source.hpp"

namespace dockerext {
namespace {

// https://docs.docker.com/engine/install/debian/
constexpr std::string_view kUpstreamPackages[] = {"docker-ce", "docker-ce-cli", "containerd.io"};
constexpr std::string_view kUpstreamPlugins[] = {"docker-buildx-plugin", "docker-compose-plugin"};

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> Names(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

// "{id}", "{codename}", "{major}" and "{channel}" in the URL of a repository.
std::string Filled(std::string url, const Platform& platform, const std::string& channel) {
  const std::string& version = platform.release.version_id;
  const std::pair<std::string_view, std::string> values[] = {
      {"{id}", std::string(platform.distro->ids.front())},
      {"{codename}", platform.release.codename},
      {"{major}", version.substr(0, version.find('.'))},
      {"{channel}", channel}};
  for (const auto& [name, value] : values) {
    for (auto at = url.find(name); at != std::string::npos; at = url.find(name, at + value.size()))
      url.replace(at, name.size(), value);
  }
  return url;
}

// The number of the major release is written out: $releasever may be a minor one ("9.4") or an alias.
Repository RepositoryOf(const EngineSource& source, const Platform& platform) {
  const bool is_custom = source.origin == EngineOrigin::kCustom;
  const std::string url = is_custom ? source.url
                                    : source.url + "/" + std::string(platform.distro->upstream) +
                                          std::string(platform.packages->upstream_path);
  const auto upstreams_key = platform.packages->format == "deb" ? kDockerDebKey : kDockerRpmKey;
  return {.url = Filled(url, platform, source.channel),
          .suite = platform.release.codename,
          .component = source.channel,
          .key = source.key.empty() ? std::string(upstreams_key) : source.key};
}

EngineOffer UpstreamOffer(std::optional<Repository> repository) {
  return {.packages = Names(kUpstreamPackages),
          .plugins = Names(kUpstreamPlugins),
          .repository = std::move(repository)};
}

EngineOffer DistributionOffer(const Distro& distro) {
  return {.packages = Names(distro.docker_packages), .plugins = Names(distro.docker_plugins)};
}

bool HasUpstream(const std::vector<std::string>& installed) { return Has(installed, kUpstreamPackages[0]); }

bool HasDistributions(const Distro& distro, const std::vector<std::string>& installed) {
  return !distro.docker_packages.empty() && Has(installed, distro.docker_packages.front());
}

// Why upstream has no place for this release; nullopt when it has one. A custom repository of rpm packages
// needs nothing of the release.
std::optional<Error> NoPlace(const EngineSource& source, const Platform& platform) {
  const bool is_custom = source.origin == EngineOrigin::kCustom;
  if (!is_custom && platform.distro->upstream.empty())
    return MakeError<errors::kNoUpstream>(platform.distro->name);
  if (platform.packages->format == "deb" && platform.release.codename.empty())
    return MakeError<errors::kNoCodename>(platform.distro->name, Quoted(platform.release.pretty_name));
  return std::nullopt;
}

}  // namespace

bool AsksForRepository(const EngineSource& source) {
  return source.origin == EngineOrigin::kUpstream || source.origin == EngineOrigin::kCustom;
}

Result<std::vector<EngineOffer>> OffersFor(const EngineSource& source, const Platform& platform,
                                           const std::vector<std::string>& installed) {
  const Distro& distro = *platform.distro;
  std::vector<EngineOffer> offers;
  const bool has_upstream = HasUpstream(installed);
  const bool has_distributions = HasDistributions(distro, installed);
  if (!AsksForRepository(source) && !has_upstream && !distro.docker_packages.empty())
    offers.push_back(DistributionOffer(distro));
  if (source.origin == EngineOrigin::kDistribution && offers.empty())
    return MakeError<errors::kNoneOfDistribution>(distro.name);
  if (source.origin == EngineOrigin::kDistribution || has_distributions) return offers;
  // An owner's mirror of upstream is one of the machine's own sources, too.
  if (source.origin == EngineOrigin::kAuto) offers.push_back(UpstreamOffer(std::nullopt));
  const auto no_place = NoPlace(source, platform);
  if (!no_place)
    offers.push_back(UpstreamOffer(RepositoryOf(source, platform)));
  else if (offers.empty())
    return *no_place;
  return offers;
}

Status CheckOrigin(const EngineSource& source, const Distro& distro,
                   const std::vector<std::string>& installed) {
  if (source.origin == EngineOrigin::kAuto) return {};
  const bool wants_upstream = AsksForRepository(source);
  const bool is_as_asked = wants_upstream ? HasUpstream(installed) : HasDistributions(distro, installed);
  if (is_as_asked) return {};
  std::string present = "an engine of neither the distribution nor Docker's repository";
  if (HasUpstream(installed)) present = std::string(kUpstreamPackages[0]);
  if (HasDistributions(distro, installed)) present = std::string(distro.docker_packages.front());
  return MakeError<errors::kOtherSource>(OriginName(source.origin), present);
}

Status CheckChangeable(const Distro& distro, const std::vector<std::string>& installed) {
  if (HasUpstream(installed) || HasDistributions(distro, installed)) return {};
  return MakeError<errors::kVersionOfOthers>();
}

std::optional<InstalledPackage> EnginePackageOf(const Distro& distro,
                                                const std::vector<InstalledPackage>& installed) {
  const auto is_engine = [&](const InstalledPackage& package) {
    return package.name == kUpstreamPackages[0] ||
           (!distro.docker_packages.empty() && package.name == distro.docker_packages.front());
  };
  const auto engine = std::ranges::find_if(installed, is_engine);
  return engine == installed.end() ? std::nullopt : std::optional(*engine);
}

bool HasUpstreamPackage(const std::vector<std::string>& installed) {
  const auto is_installed = [&](std::string_view name) { return Has(installed, name); };
  return std::ranges::any_of(kUpstreamPackages, is_installed) ||
         std::ranges::any_of(kUpstreamPlugins, is_installed);
}

std::vector<std::string> OfferedPackages(const Distro& distro) {
  std::vector<std::string> names = Names(distro.docker_packages);
  names.insert(names.end(), distro.docker_plugins.begin(), distro.docker_plugins.end());
  names.insert(names.end(), std::begin(kUpstreamPackages), std::end(kUpstreamPackages));
  names.insert(names.end(), std::begin(kUpstreamPlugins), std::end(kUpstreamPlugins));
  return names;
}

Result<VersionChange> ChangeOfVersion(const EngineSource& source, std::string_view installed_version) {
  const auto wanted = EngineVersionOf(source.version);
  if (wanted.empty() || IsVersion(installed_version, wanted)) return VersionChange::kNone;
  if (IsVersionBelow(EngineVersionOf(installed_version), wanted)) return VersionChange::kUpgrade;
  if (source.allow_downgrade) return VersionChange::kDowngrade;
  return MakeError<errors::kWouldDowngrade>(installed_version, source.version);
}

}  // namespace dockerext
