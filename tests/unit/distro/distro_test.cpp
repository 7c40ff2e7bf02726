// SPDX-License-Identifier: MIT
// The fixtures are os-release files as the distributions ship them; table and fixtures are held against each
// other.
#include "handler/distro/distro.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
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

std::string OrNone(const std::string& text) { return text.empty() ? "none" : text; }

// "apt, debian 12 bookworm, docker.io, debian": the package manager, the release as its row has it, the
// distribution's own packages, and its folder in Docker's repository.
std::string Chosen(const std::string& fixture) {
  const auto platform = ChooseDistro(Fixture(fixture));
  if (!platform.ok()) return platform.error().Message();
  const Distro& distro = *platform->distro;
  const std::string manager = distro.packages.empty() ? "" : std::string(distro.packages.back()->name);
  const std::vector<std::string> packages(distro.docker_packages.begin(), distro.docker_packages.end());
  const std::string release =
      std::string(distro.ids.front()) + " " + platform->release.version_id + " " + platform->release.codename;
  return Join(std::vector<std::string>{OrNone(manager), std::string(Trim(release)),
                                       OrNone(Join(packages, " ")), OrNone(std::string(distro.upstream))},
              ", ");
}

// Each has a first line that says what is to be chosen.
const std::set<std::string>& Supported() {
  static const std::set<std::string> kNames = FilesIn(kFixtures);
  return kNames;
}

TEST(ChooseDistro, EachReleaseGetsItsRow) {
  EXPECT_GT(Supported().size(), 30U);
  for (const std::string& fixture : Supported()) {
    std::ifstream file(kFixtures / fixture);
    std::string first;
    std::getline(file, first);
    EXPECT_EQ("# row: " + Chosen(fixture), first) << fixture;
  }
}

TEST(ChooseDistro, EveryIdOfEveryRowHasAFixture) {
  std::set<std::string> wanted;
  for (const Distro& distro : SupportedDistros()) wanted.insert(distro.ids.begin(), distro.ids.end());
  for (const std::string& fixture : Supported()) wanted.erase(Fixture(fixture).id);
  EXPECT_THAT(wanted, testing::IsEmpty());
}

TEST(ChooseDistro, EveryRowHasAFixtureOfItsFirstMajorRelease) {
  std::set<const Distro*> rows;
  for (const std::string& fixture : Supported()) {
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
    EXPECT_THAT(platform.error().Message(), HasSubstr("use " + SupportedReleases()));
  }
}

TEST(ChooseDistro, SupportedReleasesAreRangesOfRows) {
  const std::string releases = SupportedReleases();
  EXPECT_THAT(releases, testing::StartsWith("Debian 11 and later; Ubuntu 20.04 and later; RHEL, "));
  EXPECT_THAT(releases, HasSubstr("Oracle Linux, CentOS Stream 8 to 10; "));
  EXPECT_THAT(releases, HasSubstr("; CBL-Mariner 2; "));
  EXPECT_THAT(releases, HasSubstr("; Flatcar"));
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
