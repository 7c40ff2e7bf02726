// SPDX-License-Identifier: MIT
// The fixtures are os-release files as the distributions ship them; table and fixtures are held against each
// other.
#include "handler/distro/distro.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "handler/base/text.hpp"
#include "tests/support/distro_reference.hpp"

namespace dockerext {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kFixtures = fs::path(DX_SOURCE_DIR) / "tests/fixtures/os-release";

OsRelease Fixture(const fs::path& name) {
  std::ifstream file(kFixtures / name);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return ParseOsRelease(text.str());
}

std::set<std::string> FilesIn(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) names.insert(entry.path().filename());
  }
  return names;
}

// "Debian 12 bookworm: docker.io; debian", with the first package manager before a bar.
std::string Chosen(const std::string& fixture) {
  const auto platform = ChooseDistro(Fixture(fixture));
  if (!platform.ok()) return platform.error().Message();
  const Distro& distro = *platform->distro;
  const std::string manager = distro.packages.empty() ? "none" : std::string(distro.packages.back()->name);
  const std::vector<std::string> packages(distro.docker_packages.begin(), distro.docker_packages.end());
  return manager + " | " + std::string(distro.ids.front()) + " " + platform->release.version_id + " " +
         platform->release.codename + "| " + Join(packages, " ") + " | " + std::string(distro.upstream);
}

const std::map<std::string, std::string> kSupported = {
    {"debian-11", "apt | debian 11 bullseye| docker.io | debian"},
    {"debian-12", "apt | debian 12 bookworm| docker.io | debian"},
    {"debian-13", "apt | debian 13 trixie| docker.io docker-cli | debian"},
    {"debian-testing", "apt | debian 14 forky| docker.io docker-cli | debian"},
    {"raspbian-12", "apt | debian 12 bookworm| docker.io | debian"},
    {"linuxmint-6-debian", "apt | debian 12 bookworm| docker.io | debian"},
    {"ubuntu-20.04", "apt | ubuntu 20.04 focal| docker.io | ubuntu"},
    {"ubuntu-22.04", "apt | ubuntu 22.04 jammy| docker.io | ubuntu"},
    {"ubuntu-24.04", "apt | ubuntu 24.04 noble| docker.io | ubuntu"},
    {"ubuntu-26.04", "apt | ubuntu 26.04 resolute| docker.io | ubuntu"},
    {"linuxmint-22", "apt | ubuntu 24.04 noble| docker.io | ubuntu"},
    {"rhel-8.10", "dnf | rhel 8.10 |  | rhel"},
    {"rhel-9.4", "dnf | rhel 9.4 |  | rhel"},
    {"rhel-10.0", "dnf | rhel 10.0 |  | rhel"},
    {"almalinux-9.4", "dnf | rhel 9.4 |  | rhel"},
    {"rocky-8.10", "dnf | rhel 8.10 |  | rhel"},
    {"rocky-9.4", "dnf | rhel 9.4 |  | rhel"},
    {"rocky-10.0", "dnf | rhel 10.0 |  | rhel"},
    {"ol-9.4", "dnf | rhel 9.4 |  | rhel"},
    {"centos-9", "dnf | rhel 9 |  | rhel"},
    {"eurolinux-9.4", "dnf | rhel 9.4 |  | rhel"},
    {"fedora-41", "dnf | fedora 41 | moby-engine docker-cli | fedora"},
    {"fedora-43", "dnf | fedora 43 | moby-engine docker-cli | fedora"},
    {"sles-15.6", "zypper | sles 15.6 | docker | "},
    {"sles-16.0", "zypper | sles 16.0 | docker | "},
    {"sles_sap-15.6", "zypper | sles 15.6 | docker | "},
    {"opensuse-leap-15.6", "zypper | sles 15.6 | docker | "},
    {"opensuse-leap-16.0", "zypper | sles 16.0 | docker | "},
    {"opensuse-tumbleweed", "zypper | opensuse-tumbleweed 20261101 | docker | "},
    {"mariner-2.0", "dnf | mariner 2.0 | moby-engine moby-cli | "},
    {"azurelinux-3.0", "dnf | azurelinux 3.0 | moby-engine docker-cli | "},
    {"flatcar-4593.2.5", "none | flatcar 4593.2.5 |  | "},
};

TEST(ChooseDistro, EachReleaseGetsItsRow) {
  for (const auto& [fixture, chosen] : kSupported) EXPECT_EQ(Chosen(fixture), chosen) << fixture;
}

TEST(ChooseDistro, EveryFixtureIsInTheTable) {
  std::set<std::string> names;
  for (const auto& [fixture, chosen] : kSupported) names.insert(fixture);
  EXPECT_EQ(FilesIn(kFixtures), names);
}

TEST(ChooseDistro, EveryIdOfEveryRowHasAFixture) {
  std::set<std::string> wanted;
  for (const Distro& distro : SupportedDistros()) wanted.insert(distro.ids.begin(), distro.ids.end());
  for (const auto& [fixture, chosen] : kSupported) wanted.erase(Fixture(fixture).id);
  EXPECT_THAT(wanted, testing::IsEmpty());
}

TEST(ChooseDistro, EveryRowHasAFixtureOfItsFirstMajorRelease) {
  std::set<const Distro*> rows;
  for (const auto& [fixture, chosen] : kSupported) {
    const auto platform = ChooseDistro(Fixture(fixture));
    ASSERT_TRUE(platform.ok()) << fixture;
    const std::string& version = platform->release.version_id;
    const std::string_view first = platform->distro->min_version;
    if (first.empty() || version == first || version.starts_with(std::string(first) + "."))
      rows.insert(platform->distro);
  }
  for (const Distro& distro : SupportedDistros()) EXPECT_TRUE(rows.contains(&distro)) << distro.name;
}

TEST(ChooseDistro, AnUnsupportedReleaseIsAnErrorThatNamesTheSupportedOnes) {
  const auto unsupported = FilesIn(kFixtures / "unsupported");
  EXPECT_FALSE(unsupported.empty());
  std::vector<OsRelease> releases = {ParseOsRelease(""), ParseOsRelease("ID=debian\n")};
  for (const std::string& name : unsupported) releases.push_back(Fixture("unsupported/" + name));
  for (const OsRelease& release : releases) {
    const auto platform = ChooseDistro(release);
    ASSERT_FALSE(platform.ok()) << release.pretty_name;
    EXPECT_EQ(platform.error().code, Code::kUnsupportedPlatform);
    EXPECT_THAT(platform.error().Message(),
                HasSubstr("use Debian 11 and later; Ubuntu 20.04 and later; RHEL, AlmaLinux, Rocky Linux, "
                          "Oracle Linux, CentOS Stream 8 to 10; Fedora 41 and later; SLES, openSUSE Leap 15 "
                          "to 16; openSUSE Tumbleweed; CBL-Mariner 2; Azure Linux 3; Flatcar"));
  }
}

TEST(ChooseDistro, TheDocumentHasItsTable) {
  std::ifstream file(DX_SOURCE_DIR "/docs/distributions.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(document, HasSubstr("<!-- distributions -->"));
  EXPECT_TRUE(WithDistroTable(document) == document)
      << "docs/distributions.md is out of date: run scripts/dev docs";
}

TEST(ParseOsRelease, AcceptsEveryQuoting) {
  const OsRelease release = ParseOsRelease(
      "# comment\n\nID='debian'\nVERSION_ID=12\nPRETTY_NAME=\"a=\\\"b\\\"\"\nID_LIKE=\"x y\"\nbroken\n");
  EXPECT_EQ(release.id, "debian");
  EXPECT_EQ(release.version_id, "12");
  EXPECT_EQ(release.pretty_name, "a=\"b\"");
  EXPECT_THAT(release.id_like, ElementsAre("x", "y"));
}

TEST(IsVersionBelow, ComparesNumbers) {
  EXPECT_TRUE(IsVersionBelow("9", "11"));
  EXPECT_TRUE(IsVersionBelow("20.04", "20.10"));
  EXPECT_FALSE(IsVersionBelow("20.04", "20.04"));
  EXPECT_FALSE(IsVersionBelow("20.04.1", "20.04"));
}

}  // namespace
}  // namespace dockerext
