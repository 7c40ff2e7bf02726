// SPDX-License-Identifier: MIT
// Where Docker comes from: which source installs it, what is added to the machine for that, and that
// uninstall removes it.
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "handler/state/ledger.hpp"
#include "tests/scenario/engine_source.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(EngineSourceOf, AutoTakesTheDistributionsWhereItIsOffered) {
  EXPECT_EQ(Enable("{}").level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, Contains("docker.io"));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, AutoTakesTheOwnersMirrorBeforeUpstreamsRepository) {
  vm.distribution_offers = false;
  vm.owner_offers_upstream = true;
  EXPECT_EQ(Enable("{}").level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, AllOf(Contains("docker-ce"), Contains("docker-compose-plugin")));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, AutoAddsUpstreamsRepositoryWhereNobodyOffersDocker) {
  vm.distribution_offers = false;
  EXPECT_EQ(Enable("{}").level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, Contains("docker-ce"));
  EXPECT_THAT(Source(), AllOf(HasSubstr("URIs: https://download.docker.com/linux/debian\n"),
                              HasSubstr("Suites: bookworm\n"), HasSubstr("Components: stable\n")));
}

TEST_F(EngineSourceOf, ASecondEnableChangesNothing) {
  vm.madison = " docker-ce | 5:20.1.2-1 | https://download.docker.com/linux/debian x\n";
  Enable(R"({"source": "upstream", "version": "20"})");
  vm.commands_run.clear();
  const auto second = Enable(R"({"source": "upstream", "version": "20"})");
  EXPECT_EQ(second.level, StatusLevel::kSuccess) << second.message;
  EXPECT_THAT(vm.commands_run, IsEmpty());
}

TEST_F(EngineSourceOf, DistributionNeverAddsARepository) {
  vm.distribution_offers = false;
  const StatusReport status = Enable(R"({"source": "distribution"})");
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("Unable to locate package docker.io"));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, UpstreamIsRemovedWithItsRepositoryByUninstall) {
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  EXPECT_TRUE(HasRepository());
  vm.Run("disable");
  EXPECT_TRUE(HasRepository());
  vm.Run("uninstall");
  EXPECT_FALSE(HasRepository());
  EXPECT_FALSE(Exists(vm.files, "/var/lib/docker-extension/ledger.json"));
  EXPECT_THAT(vm.packages, IsEmpty());
}

TEST_F(EngineSourceOf, UpstreamWithoutPluginsIsInstalledWithoutThem) {
  vm.upstream_has_plugins = false;
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, AllOf(Contains("docker-ce"), Not(Contains("docker-buildx-plugin"))));
}

TEST_F(EngineSourceOf, ARepositoryOfWhichNothingWasInstalledIsRemovedAgain) {
  vm.upstream_serves = false;
  const StatusReport status = Enable(R"({"source": "upstream"})");
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              HasSubstr("the repository https://download.docker.com/linux/debian does not offer docker-ce"));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, ACustomRepositoryIsWhereThePackagesComeFrom) {
  vm.madison =
      " docker-ce | 5:29.9.9-1 | https://download.docker.com/linux/debian bookworm/stable amd64 Packages\n"
      " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n"
      "docker-ce-cli | 5:29.9.9-1 | https://download.docker.com/linux/debian bookworm/stable amd64 Packages\n"
      "docker-ce-cli | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n"
      "containerd.io | 9.9.9-1 | https://download.docker.com/linux/debian bookworm/stable amd64 Packages\n"
      "containerd.io | 2.1.5-1 | file:/srv/docker bookworm/stable amd64 Packages\n"
      "docker-compose-plugin | 9 | https://download.docker.com/linux/debian bookworm/stable amd64 Packages\n";
  const StatusReport status = EnableFrom("file:///srv/docker/");
  EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
  const std::vector<std::string> names = {"docker-ce=5:28.5.2-1", "docker-ce-cli=5:28.5.2-1",
                                          "containerd.io=2.1.5-1"};
  const auto installs = std::ranges::find_if(
      vm.commands_run, [](const auto& argv) { return std::ranges::find(argv, "install") != argv.end(); });
  ASSERT_NE(installs, vm.commands_run.end());
  EXPECT_EQ(std::vector<std::string>(std::next(std::ranges::find(*installs, "--")), installs->end()), names);
}

// What the machine has of another source may be newer.
TEST_F(EngineSourceOf, ACustomRepositoryReplacesNothingThatIsInstalled) {
  vm.packages = {"containerd.io"};
  vm.madison =
      " docker-ce | 5:28.5.2-1 | file:/srv/docker bookworm/stable amd64 Packages\n"
      "containerd.io | 2.1.5-1 | file:/srv/docker bookworm/stable amd64 Packages\n";
  EXPECT_EQ(EnableFrom("file:///srv/docker").level, StatusLevel::kSuccess);
  for (const auto& argv : vm.commands_run) EXPECT_THAT(argv, Not(Contains("containerd.io=2.1.5-1")));
}

// A machine without access to the Internet, whose own archives have no Docker.
TEST_F(EngineSourceOf, AutoWaitsForDockersRepositoryForAMinuteOnly) {
  vm.distribution_offers = false;
  vm.on_apt = [this] {
    vm.apt_outputs.clear();
    if (HasRepository())
      vm.apt_outputs.push_back({0,
                                "Err:1 https://download.docker.com/linux/debian bookworm InRelease\n"
                                "  Temporary failure resolving 'download.docker.com'\n",
                                "W: Failed to fetch https://download.docker.com/linux/debian/dists/bookworm/"
                                "InRelease  Temporary failure resolving 'download.docker.com'\n"
                                "W: Some index files failed to download. They have been ignored, or old ones "
                                "used instead.\n"});
  };
  vm.upstream_serves = false;
  const auto start = vm.clock.SteadyNow();
  const StatusReport status = Enable("{}");
  EXPECT_LT(vm.clock.SteadyNow() - start, std::chrono::minutes(2));
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              AllOf(HasSubstr("Unable to locate package docker.io"),
                    HasSubstr("nor can Docker be installed from https://download.docker.com/linux/debian"),
                    HasSubstr("Temporary failure resolving 'download.docker.com'"),
                    HasSubstr("or name a mirror (publicSettings.docker.source custom)")));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, ARepositoryThatItsOwnersPackagesComeFromStays) {
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  const Status amended = AmendLedger(vm.files, [](Ledger& ledger) { ledger.packages.clear(); });
  EXPECT_TRUE(amended.ok());
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, Contains("docker-ce"));
  EXPECT_TRUE(HasRepository());
  EXPECT_THAT(vm.log.lines, AllOf(Contains(HasSubstr("the package repository stays")),
                                  Contains("done: everything else that the extension added was removed")));
}

TEST_F(EngineSourceOf, ThePolicyThatKeepsThePackagesKeepsTheirRepository) {
  vm.Set(0, R"({"docker": {"source": "upstream"}, "uninstallPolicy": "configuration"})", std::nullopt);
  vm.Run("enable");
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, Contains("docker-ce"));
  EXPECT_TRUE(HasRepository());
}

TEST_F(EngineSourceOf, TheOwnersSourceOfTheSameRepositoryWins) {
  vm.files.Put(
      "/etc/apt/sources.list.d/docker.list",
      "deb [signed-by=/usr/share/keyrings/docker.gpg] https://download.docker.com/linux/debian/ bookworm "
      "stable\n");
  vm.owner_offers_upstream = true;
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  EXPECT_FALSE(HasRepository());
}

// apt reads no list at all while two of one URL name different keys.
TEST_F(EngineSourceOf, ASourceThatItsOwnerAddsLaterDoesNotPreventTheRemoval) {
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  vm.other_programs = [&](const std::vector<std::string>& argv) -> std::optional<CommandOutput> {
    if (!HasRepository() || argv.front() != "/usr/bin/apt-mark") return std::nullopt;
    return CommandOutput{100, "", "E: Conflicting values set for option Signed-By\n"};
  };
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, Not(Contains("docker-ce")));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, AnInstalledEngineOfAnotherSourceIsAnErrorAndStays) {
  EXPECT_EQ(Enable("{}").level, StatusLevel::kSuccess);
  const StatusReport status = Enable(R"({"source": "upstream"})");
  EXPECT_EQ(status.code, 53);
  EXPECT_THAT(status.message, AllOf(HasSubstr("docker.io is installed"), HasSubstr("set it to auto")));
  EXPECT_THAT(vm.packages, AllOf(Contains("docker.io"), Not(Contains("docker-ce"))));
  EXPECT_FALSE(HasRepository());
}

TEST_F(EngineSourceOf, AnEngineThatItsOwnerReplacedSinceIsAnErrorAndStays) {
  vm.owner_offers_upstream = true;
  EXPECT_EQ(Enable(R"({"source": "upstream"})").level, StatusLevel::kSuccess);
  vm.packages = {"docker.io"};
  vm.docker.version = "26.1.5+dfsg1";
  EXPECT_EQ(Enable(R"({"source": "upstream"})").code, 53);
  EXPECT_THAT(vm.packages, Contains("docker.io"));
}

TEST_F(EngineSourceOf, AVersionIsInstalledByItsFullName) {
  vm.madison =
      " docker-ce | 5:28.5.2-1~debian.12~bookworm | https://download.docker.com/linux/debian "
      "bookworm/stable\n"
      " docker-ce | 5:27.5.1-1~debian.12~bookworm | https://download.docker.com/linux/debian "
      "bookworm/stable\n"
      "docker-ce-cli | 5:27.5.1-1~debian.12~bookworm | https://download.docker.com/linux/debian x\n"
      "containerd.io | 2.1.5-1~debian.12~bookworm | https://download.docker.com/linux/debian x\n";
  EXPECT_EQ(Enable(R"({"source": "upstream", "version": "27"})").level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.commands_run.back(), Not(IsEmpty()));
  const bool is_pinned = std::ranges::any_of(vm.commands_run, [](const auto& argv) {
    return std::ranges::find(argv, "docker-ce=5:27.5.1-1~debian.12~bookworm") != argv.end() &&
           std::ranges::find(argv, "docker-ce-cli=5:27.5.1-1~debian.12~bookworm") != argv.end() &&
           std::ranges::find(argv, "containerd.io=2.1.5-1~debian.12~bookworm") != argv.end();
  });
  EXPECT_TRUE(is_pinned);
}

// By policy-rc.d, or since its package's script does not.
TEST_F(EngineSourceOf, AnEngineThatItsPackageDidNotRestartIsRestarted) {
  Enable(R"({"source": "upstream"})");
  vm.madison = " docker-ce | 5:28.5.2-1 | https://download.docker.com/linux/debian x\n";
  vm.package_restarts_engine = false;
  vm.docker.fails_to_start = [this](const auto&) {
    if (!vm.program_version.empty()) vm.docker.version = vm.program_version;
    return false;
  };
  const StatusReport status = Enable(R"({"source": "upstream", "version": "28"})");
  EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
  EXPECT_EQ(vm.docker.version, "28.5.2");
}

TEST_F(EngineSourceOf, AVersionThatNobodyOffersIsAnErrorThatNamesTheOffered) {
  vm.madison = " docker-ce | 5:28.5.2-1~debian.12~bookworm | https://download.docker.com/linux/debian x\n";
  const StatusReport status = Enable(R"({"source": "upstream", "version": "99"})");
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              HasSubstr("the version 99 of docker-ce (offered: 5:28.5.2-1~debian.12~bookworm"));
  EXPECT_FALSE(HasRepository());
}

// The repository lists a package that it no longer has, or a hold keeps the installed one.
TEST_F(EngineSourceOf, AFailedUpgradeIsAnErrorThatIsTriedAgainAndRestartsNothing) {
  vm.madison =
      " docker-ce | 5:29.0.1-1 | https://download.docker.com/linux/debian x\n"
      " docker-ce | 5:28.5.2-1 | https://download.docker.com/linux/debian x\n";
  vm.docker.version = "28.5.2";
  EXPECT_EQ(Enable(R"({"source": "upstream", "version": "28.5.2"})").level, StatusLevel::kSuccess);
  const int starts = vm.docker.starts;
  vm.keeps_versions = true;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Enable(R"({"source": "upstream", "version": "29"})").code, 52);
    EXPECT_EQ(vm.docker.starts, starts);
  }
  vm.keeps_versions = false;
  const StatusReport status = Enable(R"({"source": "upstream", "version": "29"})");
  EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
}

// Of the same engine: only the package's version tells.
TEST_F(EngineSourceOf, AnotherRevisionOrEpochIsAskedOfThePackage) {
  vm.madison =
      " docker-ce | 5:28.5.2-2 | https://download.docker.com/linux/debian x\n"
      " docker-ce | 5:28.5.2-1 | https://download.docker.com/linux/debian x\n";
  vm.docker.version = "28.5.2";
  for (const char* version : {"28.5.2-1", "5:28.5.2-2"}) {
    const nlohmann::json docker = {{"source", "upstream"}, {"version", version}};
    EXPECT_EQ(Enable(docker.dump()).level, StatusLevel::kSuccess) << version;
    EXPECT_THAT(vm.package_versions["docker-ce"], HasSubstr(version));
  }
  const StatusReport status = Enable(R"({"source": "upstream", "version": "4:28.5.2"})");
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              HasSubstr("the version 4:28.5.2 of docker-ce (offered: 5:28.5.2-2, 5:28.5.2-1)"));
}

TEST_F(EngineSourceOf, ANewerEngineThanAskedForIsAnErrorUnlessADowngradeIsAllowed) {
  Enable(R"({"source": "upstream"})");  // the machine's engine is 20.10.24
  vm.madison = " docker-ce | 5:19.03.9-1 | https://download.docker.com/linux/debian x\n";
  const StatusReport status = Enable(R"({"source": "upstream", "version": "19.03"})");
  EXPECT_EQ(status.code, 53);
  EXPECT_THAT(status.message, HasSubstr("is newer than publicSettings.docker.version (19.03)"));
  Enable(R"({"source": "upstream", "version": "19.03", "allowDowngrade": true})");
  const bool is_downgraded = std::ranges::any_of(vm.commands_run, [](const auto& argv) {
    return std::ranges::find(argv, "--allow-downgrades") != argv.end() &&
           std::ranges::find(argv, "docker-ce=5:19.03.9-1") != argv.end();
  });
  EXPECT_TRUE(is_downgraded);
}

}  // namespace
}  // namespace dockerext
