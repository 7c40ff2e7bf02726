// SPDX-License-Identifier: MIT
// The fixtures are os-release files as the distributions ship them; table and fixtures are held against each
// other.
#include "handler/distro/distro.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Fixture(const std::string& name) {
  std::ifstream file(std::filesystem::path(DX_SOURCE_DIR) / "tests/fixtures" / "os-release" / name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> PackagesOn(const std::string& fixture) {
  const auto distro = ChooseDistro(ParseOsRelease(Fixture(fixture)));
  if (!distro.ok()) return {"error: " + distro.error().Message()};
  return {(*distro)->docker_packages.begin(), (*distro)->docker_packages.end()};
}

TEST(ChooseDistro, EachSupportedReleaseGetsItsPackages) {
  EXPECT_THAT(PackagesOn("debian-11"), ElementsAre("docker.io"));
  EXPECT_THAT(PackagesOn("debian-12"), ElementsAre("docker.io"));
  EXPECT_THAT(PackagesOn("debian-13"), ElementsAre("docker.io", "docker-cli"));
  EXPECT_THAT(PackagesOn("ubuntu-20.04"), ElementsAre("docker.io"));
  EXPECT_THAT(PackagesOn("ubuntu-24.04"), ElementsAre("docker.io"));
}

TEST(ChooseDistro, EveryRowHasAFixtureOfItsFirstRelease) {
  for (const Distro& distro : SupportedDistros()) {
    const std::string name = std::string(distro.id) + "-" + std::string(distro.min_version);
    const auto chosen = ChooseDistro(ParseOsRelease(Fixture(name)));
    ASSERT_TRUE(chosen.ok()) << name;
    EXPECT_EQ((*chosen)->min_version, distro.min_version);
  }
}

TEST(ChooseDistro, TheErrorNamesTheSupportedReleases) {
  for (const char* text : {"ID=rhel\nVERSION_ID=\"9.4\"\n", "ID=debian\nVERSION_ID=\"10\"\n", "ID=debian\n",
                           "ID=ubuntu\nVERSION_ID=\"18.04\"\n", ""}) {
    const auto distro = ChooseDistro(ParseOsRelease(text));
    ASSERT_FALSE(distro.ok()) << text;
    EXPECT_EQ(distro.error().code, Code::kUnsupportedPlatform);
    EXPECT_THAT(distro.error().Message(), HasSubstr("use debian 11 and later, ubuntu 20.04 and later"));
  }
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
