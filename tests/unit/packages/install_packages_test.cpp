// SPDX-License-Identifier: MIT
// Which packages and versions are chosen and installed, and when another try is of no use.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "tests/unit/packages/installing.hpp"

namespace dockerext {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using Names = std::vector<std::string>;

const CommandOutput kUnreachable{0, "",
                                 "Err:1 https://download.example bookworm InRelease\n"
                                 "  Could not connect to download.example:443\n"
                                 "W: Some index files failed to download.\n"};
const CommandOutput kGone{100, "",
                          "E: The repository 'https://a.example bookworm Release' does not have a Release "
                          "file.\n"};
constexpr const char* kNotLocated = "E: Unable to locate package ";

TEST_F(Installing, OptionalPackagesThatAreNotOfferedAreLeftOutWithoutAnotherRefresh) {
  tool.answers = {{"docker-compose", {100, "", std::string(kNotLocated) + "docker-compose\n"}}};
  const auto installed = Install({.names = {"docker.io"}, .optional = {"docker-buildx", "docker-compose"}});
  ASSERT_TRUE(installed.ok()) << installed.error().Message();
  EXPECT_THAT(installed->names, ElementsAre("docker.io", "docker-buildx"));
  EXPECT_EQ(tool.Installed(), "install -- docker.io docker-buildx");
  EXPECT_EQ(tool.Runs(" update"), 1);
}

TEST_F(Installing, APackageWhoseNameBeginsThatOfAMissingOneIsNotMissing) {
  tool.answers = {{"docker-compose-v2", {100, "", std::string(kNotLocated) + "docker-compose-v2\n"}}};
  EXPECT_THAT(Install({.names = {"docker.io"}, .optional = {"docker-compose", "docker-compose-v2"}})->names,
              ElementsAre("docker.io", "docker-compose"));
}

TEST_F(Installing, AnOptionalPackageNeverHindersTheOthers) {
  const CommandOutput refusals[] = {
      {0, "Inst docker.io (20 x)\nInst docker-compose-v2 (2 x)\nRemv docker-compose [1.29]\n", ""},
      {100, "", "E: Unable to correct problems, you have held broken packages.\n"},
      {100, "", std::string(kNotLocated) + "something else\n"}};
  for (const CommandOutput& refusal : refusals) {
    tool.answers = {{"docker-compose-v2", refusal}};
    const auto installed = Install({.names = {"docker.io"}, .optional = {"docker-compose-v2"}});
    ASSERT_TRUE(installed.ok()) << installed.error().Message();
    EXPECT_THAT(installed->names, ElementsAre("docker.io"));
  }
}

// zypper takes a repository that it cannot reach for one without packages.
TEST_F(Installing, AnArchiveThatComesBackDuringTheSimulationsHasTheOptionalPackages) {
  const CommandOutput nothing{104, "No provider of 'docker' found.\nNo provider of 'docker-compose' found.\n",
                              ""};
  tool.answers = {{"--dry-run", nothing, true}, {"-qa", {0, "docker 1-1 1\ndocker-compose 1-1 2\n", ""}}};
  const auto installed = Packages(kZypper).Install({.names = {"docker"}, .optional = {"docker-compose"}},
                                                   [](const Transaction&) { return Status(); });
  ASSERT_TRUE(installed.ok()) << installed.error().Message();
  EXPECT_THAT(installed->names, ElementsAre("docker", "docker-compose"));
}

TEST_F(Installing, PatienceEndsBeforeTheDeadlineAndSaysSo) {
  tool.answers = {{"update", kUnreachable}, {"install", {100, "", std::string(kNotLocated) + "docker-ce\n"}}};
  const auto impatient = Install({.names = {"docker-ce"}, .patience = seconds(60)});
  EXPECT_EQ(impatient.error().code, Code::kBusy);
  EXPECT_THAT(impatient.error().what, HasSubstr("Could not connect to download.example:443"));
  EXPECT_LE(clock.elapsed, seconds(70));
  EXPECT_EQ(Install({.names = {"docker-ce"}}).error().code, Code::kMissingDependency);
  EXPECT_GE(clock.elapsed, minutes(25));
}

// An archive that is gone for good may be the one that had it: only where something else can be tried.
TEST_F(Installing, WhereSomethingElseCanBeTriedAnArchiveThatIsGoneIsNoReasonToStop) {
  tool.answers = {{"update", kGone}, {"install", {100, "", std::string(kNotLocated) + "docker-ce\n"}}};
  EXPECT_EQ(Install({.names = {"docker-ce"}}).error().code, Code::kMissingDependency);
  EXPECT_EQ(Install({.names = {"docker-ce"}, .has_alternative = true}).error().code, Code::kNotFound);
}

TEST_F(Installing, ListsThatAreNewAreNotUpdatedAgain) {
  EXPECT_TRUE(Install({.names = {"docker-ce"}, .lists_are_new = true}).ok());
  EXPECT_EQ(tool.Runs(" update"), 0);
}

constexpr const char* kDnfVersions =
    "docker-ce 3:28.5.2-1.el9\ndocker-ce 3:29.1.0-1.el9\ndocker-ce-cli 1:28.5.2-1.el9\n"
    "docker-ce-cli 1:29.1.0-1.el9\ncontainerd.io 0:1.7.28-1.el9\ndocker-buildx-plugin 0:0.29.1-1.el9\n";

const Names kPlugins = {"docker-buildx-plugin", "docker-compose-plugin"};

// dnf 4 installs the others where one package's disk is full, and ends well where a script fails.
TEST_F(Installing, WhatIsInstalledWholeDecidesWhatAFailedRunOfDnfWas) {
  const CommandOutput full{
      1, "error: unpacking of archive failed on file /usr/bin/dockerd: cpio: write failed\n", ""};
  const CommandOutput script{0, "Error in POSTIN scriptlet in rpm package docker-ce\n", ""};
  const struct {
    CommandOutput run;
    const char* present;
    const char* error;    // empty: none
    const char* warning;  // empty: none
  } cases[] = {
      {full, "containerd.io 1-1 1\ndocker-ce-cli 1-1 2\n", "free some space", ""},
      {script, "containerd.io 1-1 1\ndocker-ce-cli 1-1 2\n", "Error in POSTIN scriptlet", ""},
      {script, "containerd.io 1-1 1\ndocker-ce 1-1 2\ndocker-ce-cli 1-1 3\n", "",
       "Error in POSTIN scriptlet"},
  };
  for (const auto& [run, present, error, warning] : cases) {
    tool.answers = {
        {"-qa", {0, present, ""}}, {"--assumeno", {1, "", "Operation aborted.\n"}}, {"install", run}};
    const auto installed =
        Packages(kDnf).Install({.names = kEngine}, [](const Transaction&) { return Status(); });
    EXPECT_EQ(installed.ok(), std::string_view(error).empty()) << present;
    EXPECT_THAT(installed.ok() ? installed->warning : installed.error().Message(),
                HasSubstr(installed.ok() ? warning : error));
  }
}

// The engine that is there before an upgrade is not the one that was to be installed; and zypper ends well
// where it leaves a newer one as it is.
TEST_F(Installing, AnotherVersionThanThePinnedOneIsNoSuccess) {
  const CommandOutput gone{100, "", "E: Failed to fetch http://m/docker.deb  404  Not Found\n"};
  const CommandOutput older{
      0,
      "The selected package 'docker-1-1' from repository 'm' has lower version than the "
      "installed one.\nNothing to do.\n",
      ""};
  const struct {
    const PackageManager& manager;
    const char* name;
    const char* list;  // the word of the command line
    CommandOutput run;
    std::map<std::string, bool> installed;  // whether it is what was asked for
    const char* error;
  } cases[] = {
      {kApt,
       "docker.io=20.10.24-1",
       "-W",
       gone,
       {{"ii docker.io 20.10.23-1\n", false},
        {"iF docker.io 20.10.24-1\n", false},
        {"ii docker.io 20.10.24-1\n", true}},
       "404 Not Found"},
      {kZypper,
       "docker=1-1",
       "-qa",
       older,
       {{"docker 1-2 1\n", false},
        {"docker 1:1-1 1\n", false},
        {"docker 1-1 1\n", true},
        {"docker 1-1 20\ndocker 1-2 10\n", false},
        {"docker 0:1-1 1\n", true}},
       "set publicSettings.docker.allowDowngrade to true"},
  };
  for (const auto& [manager, name, list, run, installed, error] : cases) {
    for (const auto& [packages, is_asked] : installed) {
      tool.answers = {{list, {0, packages, ""}}, {"--simulate", {}}, {"--dry-run", {}}, {"install", run}};
      const auto outcome =
          Packages(manager).Install({.names = {name}}, [](const Transaction&) { return Status(); });
      EXPECT_EQ(outcome.ok(), is_asked) << packages;
      if (is_asked || outcome.ok()) continue;
      EXPECT_THAT(outcome.error().Message(), HasSubstr(error)) << packages;
    }
  }
}

TEST_F(Installing, WhatARepositoryOffersIsTakenFromIt) {
  tool.answers = {{"repoquery", {0, kDnfVersions, ""}}};
  const auto choice =
      Packages(kDnf).PinTo(kEngine, kPlugins, {.is_wanted = Any, .repository = "docker-extension"});
  ASSERT_TRUE(choice.ok()) << choice.error().Message();
  EXPECT_THAT(tool.run.back(), HasSubstr(" --repo=docker-extension docker-ce docker-ce-cli containerd.io "));
  EXPECT_THAT(choice->names, ElementsAre("docker-ce-3:29.1.0-1.el9", "docker-ce-cli-1:29.1.0-1.el9",
                                         "containerd.io-1.7.28-1.el9"));
  EXPECT_THAT(choice->optional, ElementsAre("docker-buildx-plugin-0.29.1-1.el9"));
  EXPECT_TRUE(choice->lists_are_new);
}

TEST_F(Installing, WhatTheMachineHasIsPinnedToTheEnginesVersionOnly) {
  tool.answers = {{"repoquery", {0, kDnfVersions, ""}}};
  const auto choice =
      Packages(kDnf).PinTo(kEngine, {},
                           {.is_wanted = [](std::string_view version) { return version == "3:28.5.2-1.el9"; },
                            .repository = "docker-extension",
                            .present = {"containerd.io", "docker-ce", "docker-ce-cli"}});
  EXPECT_THAT(choice->names,
              ElementsAre("docker-ce-3:28.5.2-1.el9", "docker-ce-cli-1:28.5.2-1.el9", "containerd.io"));
}

TEST_F(Installing, OfAnySourceOnlyWhatHasTheEnginesVersionIsPinned) {
  tool.answers = {{"repoquery", {0, kDnfVersions, ""}}};
  const auto choice = Packages(kDnf).PinTo(kEngine, kPlugins, {.is_wanted = Any});
  EXPECT_THAT(tool.run.back(), testing::Not(HasSubstr("--repo=")));
  EXPECT_THAT(choice->names,
              ElementsAre("docker-ce-3:29.1.0-1.el9", "docker-ce-cli-1:29.1.0-1.el9", "containerd.io"));
  EXPECT_THAT(choice->optional, ElementsAre("docker-buildx-plugin"));
}

TEST_F(Installing, AVersionThatNobodyOffersIsAnErrorThatNamesTheOffered) {
  tool.answers = {{"repoquery", {0, kDnfVersions, ""}}};
  const auto choice =
      Packages(kDnf).PinTo(kEngine, {}, {.is_wanted = [](std::string_view) { return false; }});
  EXPECT_EQ(choice.error().code, Code::kNotFound);
  EXPECT_THAT(choice.error().Message(), HasSubstr("(offered: 3:29.1.0-1.el9, 3:28.5.2-1.el9)"));
}

}  // namespace
}  // namespace dockerext
