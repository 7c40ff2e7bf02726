// SPDX-License-Identifier: MIT
#include "handler/engine/engine_offers.hpp"

#include <gmock/gmock.h>

#include "handler/distro/docker_keys.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Names = std::vector<std::string>;

const OsRelease kRelease{.id = "debian",
                         .id_like = {},
                         .version_id = "12",
                         .codename = "bookworm",
                         .pretty_name = "Debian GNU/Linux 12 (bookworm)"};

Platform PlatformOf(const OsRelease& release, const PackageManager& packages) {
  Platform platform = *ChooseDistro(release);
  platform.packages = &packages;
  return platform;
}

const Distro& Debian12() { return *ChooseDistro(kRelease)->distro; }

// "docker.io", "docker-ce", "docker-ce from https://..."
Names OffersOf(const EngineSource& source, const Names& installed = {}) {
  const auto offers = OffersFor(source, PlatformOf(kRelease, kApt), installed);
  if (!offers.ok()) return {"error: " + offers.error().Message()};
  Names shown;
  for (const EngineOffer& offer : *offers)
    shown.push_back(offer.packages.front() + (offer.repository ? " from " + offer.repository->url : ""));
  return shown;
}

EngineSource From(EngineOrigin origin) { return {.origin = origin, .url = std::string(kUpstreamUrl)}; }

constexpr const char* kUpstreamsOwn = "docker-ce from https://download.docker.com/linux/debian";

TEST(Offers, AreTriedInOrderFromTheMachinesOwnToUpstreams) {
  EXPECT_THAT(OffersOf(From(EngineOrigin::kAuto)), ElementsAre("docker.io", "docker-ce", kUpstreamsOwn));
  EXPECT_THAT(OffersOf(From(EngineOrigin::kDistribution)), ElementsAre("docker.io"));
  EXPECT_THAT(OffersOf(From(EngineOrigin::kUpstream)), ElementsAre(kUpstreamsOwn));
}

TEST(Offers, OfAnInstalledEngineAreItsOwnPackages) {
  EXPECT_THAT(OffersOf(From(EngineOrigin::kAuto), {"docker.io"}), ElementsAre("docker.io"));
  EXPECT_THAT(OffersOf(From(EngineOrigin::kAuto), {"docker-ce"}), ElementsAre("docker-ce", kUpstreamsOwn));
  EXPECT_THAT(OffersOf(From(EngineOrigin::kUpstream), {"docker-ce"}), ElementsAre(kUpstreamsOwn));
}

TEST(Offers, OfUpstreamHaveItsPluginsChannelAndPinnedKey) {
  EngineSource source = From(EngineOrigin::kUpstream);
  source.channel = "test";
  const auto offers = OffersFor(source, PlatformOf(kRelease, kApt), {});
  ASSERT_TRUE(offers.ok());
  const EngineOffer& offer = offers->front();
  EXPECT_THAT(offer.packages, ElementsAre("docker-ce", "docker-ce-cli", "containerd.io"));
  EXPECT_THAT(offer.plugins, ElementsAre("docker-buildx-plugin", "docker-compose-plugin"));
  EXPECT_EQ(offer.repository->suite, "bookworm");
  EXPECT_EQ(offer.repository->component, "test");
  EXPECT_EQ(offer.repository->key, kDockerDebKey);
}

TEST(Offers, OfUpstreamAreSignedByTheSettingsKeyWhereThereIsOne) {
  EngineSource source = From(EngineOrigin::kUpstream);
  source.key = "another key";
  EXPECT_EQ(OffersFor(source, PlatformOf(kRelease, kApt), {})->front().repository->key, "another key");
}

TEST(Offers, OfACustomRepositoryHaveItsUrlFilledIn) {
  for (const auto& [url, filled] :
       {std::pair{"https://m.example/{id}", "docker-ce from https://m.example/debian"},
        {"https://m.example/{id}/{major}/{codename}/{id}",
         "docker-ce from https://m.example/debian/12/bookworm/debian"},
        {"file:///srv/docker", "docker-ce from file:///srv/docker"}}) {
    const EngineSource source{.origin = EngineOrigin::kCustom, .url = url, .key = "a key"};
    EXPECT_THAT(OffersOf(source), ElementsAre(filled));
  }
}

TEST(Offers, WithoutACodenameHaveNoRepositoryOfUpstreams) {
  OsRelease release = kRelease;
  release.codename.clear();
  EXPECT_EQ(OffersFor(From(EngineOrigin::kAuto), PlatformOf(release, kApt), {})->size(), 2U);
  const auto upstream = OffersFor(From(EngineOrigin::kUpstream), PlatformOf(release, kApt), {});
  EXPECT_EQ(upstream.error().code, Code::kMissingDependency);
  EXPECT_THAT(upstream.error().Message(), HasSubstr("VERSION_CODENAME"));
}

// The row of this os-release with this manager: "docker", "docker-ce", "docker-ce from https://..."
Names OffersOn(const OsRelease& release, const PackageManager& packages,
               EngineOrigin origin = EngineOrigin::kAuto) {
  const auto offers = OffersFor(From(origin), PlatformOf(release, packages), {});
  if (!offers.ok()) return {offers.error().Message()};
  Names shown;
  for (const EngineOffer& offer : *offers)
    shown.push_back(offer.packages.front() + (offer.repository ? " from " + offer.repository->url : ""));
  return shown;
}

TEST(Offers, OfRpmDistributionsHaveTheMajorReleaseInTheUrl) {
  const OsRelease rocky{.id = "rocky", .version_id = "9.4"};
  EXPECT_THAT(
      OffersOn(rocky, kDnf),
      ElementsAre("docker-ce", "docker-ce from https://download.docker.com/linux/rhel/9/$basearch/stable"));
  const OsRelease fedora{.id = "fedora", .version_id = "43"};
  EXPECT_THAT(OffersOn(fedora, kDnf5),
              ElementsAre("moby-engine", "docker-ce",
                          "docker-ce from https://download.docker.com/linux/fedora/43/$basearch/stable"));
  const auto offers = OffersFor(From(EngineOrigin::kUpstream), PlatformOf(rocky, kDnf), {});
  EXPECT_EQ(offers->front().repository->key, kDockerRpmKey);
}

TEST(Offers, WhereUpstreamHasNoneAreTheMachinesOwn) {
  const OsRelease azure_linux{.id = "azurelinux", .version_id = "3.0"};
  EXPECT_THAT(OffersOn(azure_linux, kTdnf), ElementsAre("moby-engine", "docker-ce"));
  EXPECT_THAT(OffersOn(azure_linux, kTdnf, EngineOrigin::kUpstream),
              ElementsAre(HasSubstr("Docker's repository has no packages for Azure Linux")));
  const OsRelease suse{.id = "sles", .version_id = "15.6"};
  EXPECT_THAT(OffersOn(suse, kZypper, EngineOrigin::kDistribution), ElementsAre("docker"));
  const OsRelease rocky{.id = "rocky", .version_id = "9.4"};
  EXPECT_THAT(OffersOn(rocky, kDnf, EngineOrigin::kDistribution),
              ElementsAre(HasSubstr("has no Docker among its own packages")));
}

TEST(Origin, AnEngineOfAnotherSourceIsAnErrorThatSaysHowToProceed) {
  const struct {
    EngineOrigin origin;
    Names installed;
    const char* error;  // empty: none
  } cases[] = {
      {EngineOrigin::kAuto, {}, ""},
      {EngineOrigin::kAuto, {"docker-ce"}, ""},
      {EngineOrigin::kDistribution, {"docker.io"}, ""},
      {EngineOrigin::kUpstream, {"docker-ce"}, ""},
      {EngineOrigin::kCustom, {"docker-ce"}, ""},
      {EngineOrigin::kDistribution, {"docker-ce"}, "is distribution, but docker-ce is installed"},
      {EngineOrigin::kUpstream, {"docker.io"}, "is upstream, but docker.io is installed"},
      {EngineOrigin::kCustom, {"docker.io"}, "is custom, but docker.io is installed"},
      {EngineOrigin::kUpstream, {}, "an engine of neither the distribution nor Docker's repository"},
  };
  for (const auto& [origin, installed, error] : cases) {
    const Status checked = CheckOrigin(From(origin), Debian12(), installed);
    EXPECT_EQ(checked.ok(), std::string_view(error).empty()) << error;
    if (checked.ok()) continue;
    EXPECT_EQ(checked.error().code, Code::kInvalidSettings);
    EXPECT_THAT(checked.error().Message(), HasSubstr(error));
    EXPECT_THAT(checked.error().Message(), HasSubstr("set it to auto"));
  }
}

TEST(Version, IsHeldAgainstTheInstalledEngines) {
  const struct {
    const char* wanted;
    const char* installed;
    VersionChange change;
  } cases[] = {
      {"", "28.5.2", VersionChange::kNone},
      {"28", "28.5.2", VersionChange::kNone},
      {"28.5.2", "28.5.2", VersionChange::kNone},
      {"5:28.5.2-1~debian.12~bookworm", "28.5.2", VersionChange::kNone},
      {"20.10.24", "20.10.24+dfsg1", VersionChange::kNone},
      {"28.5.3", "28.5.2", VersionChange::kUpgrade},
      {"29", "28.5.2", VersionChange::kUpgrade},
      {"28", "27.5.1", VersionChange::kUpgrade},
      {"28.10", "28.9.1", VersionChange::kUpgrade},
      {"27", "28.5.2", VersionChange::kDowngrade},
      {"28.5", "28.10.0", VersionChange::kDowngrade},
  };
  for (const auto& [wanted, installed, change] : cases) {
    EngineSource source;
    source.version = wanted;
    source.allow_downgrade = true;
    const auto found = ChangeOfVersion(source, installed);
    ASSERT_TRUE(found.ok()) << wanted;
    EXPECT_EQ(*found, change) << wanted << " where " << installed << " is installed";
    source.allow_downgrade = false;
    EXPECT_EQ(ChangeOfVersion(source, installed).ok(), change != VersionChange::kDowngrade) << wanted;
  }
}

TEST(Version, OfAnEngineOfNoKnownPackageIsItsOwners) {
  EXPECT_TRUE(CheckChangeable(Debian12(), {"docker.io"}).ok());
  EXPECT_TRUE(CheckChangeable(Debian12(), {"docker-ce"}).ok());
  EXPECT_EQ(CheckChangeable(Debian12(), {"runc"}).error().code, Code::kInvalidSettings);
}

}  // namespace
}  // namespace dockerext
