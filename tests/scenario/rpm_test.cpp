// SPDX-License-Identifier: MIT
// Machines without apt: a Rocky Linux with dnf, and a Flatcar, which has no package manager.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "handler/distro/docker_keys.hpp"
#include "handler/state/ledger.hpp"
#include "tests/support/fake_rpm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OnRocky : public testing::Test {
 protected:
  OnRocky() { vm.Set(0, "{}", std::nullopt); }

  StatusReport Enable() {
    vm.Run("enable");
    return vm.StatusOf(0);
  }
  // As a worker that was killed while its dnf ran left it.
  void LeaveInterruptedInstallation() {
    Enable();
    const Status amended = AmendLedger(vm.files, [](Ledger& ledger) {
      ledger.installing = true;
      ledger.cached_plan.reset();
      ledger.last_known_good.reset();
    });
    EXPECT_TRUE(amended.ok());
    vm.commands_run.clear();
  }

  FakeMachine vm;
  FakeRpm rpm{vm};
};

TEST_F(OnRocky, UpstreamsRepositoryIsAddedWithItsKeyAndUninstallLeavesNeither) {
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, AllOf(Contains("docker-ce"), Contains("docker-compose-plugin")));
  EXPECT_THAT(vm.files.Content(FakeRpm::kRepository),
              HasSubstr("baseurl=https://download.docker.com/linux/rhel/9/$basearch/stable\n"));
  EXPECT_EQ(rpm.keys.size(), 2U);
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, IsEmpty());
  EXPECT_FALSE(Exists(vm.files, FakeRpm::kRepository));
  EXPECT_FALSE(Exists(vm.files, "/etc/pki"));  // nor the folders that the key needed
  EXPECT_THAT(rpm.keys, ElementsAre("gpg-pubkey-350d275d-6279464b"));
}

// One of the owner's repositories is dead; whether it had Docker cannot be known.
TEST_F(OnRocky, ADeadRepositoryOfTheOwnersIsWaitedForAMinuteAndThenDone) {
  for (const char* why : {"Curl error (7): Couldn't connect to server", "Status code: 404"}) {
    rpm.refresh = "Errors during downloading metadata for repository 'dead':\n  - " + std::string(why) +
                  " for http://dead.example/repodata/repomd.xml\n"
                  "Error: Failed to download metadata for repo 'dead': Cannot download repomd.xml\n";
    const auto start = vm.clock.SteadyNow();
    const StatusReport status = Enable();
    EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
    EXPECT_LT(vm.clock.SteadyNow() - start, std::chrono::minutes(2));
    EXPECT_TRUE(Exists(vm.files, FakeRpm::kRepository));
    vm.Run("disable");
    vm.Run("uninstall");
  }
}

TEST_F(OnRocky, AKeyThatItsOwnerTrustedBeforeStays) {
  rpm.keys.emplace_back("gpg-pubkey-621e9f35-58adea78");
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(rpm.keys, Contains("gpg-pubkey-621e9f35-58adea78"));
}

TEST_F(OnRocky, ASecondEnableRunsNoPackageManager) {
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.commands_run.clear();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(rpm.Runs("/usr/bin/dnf") + rpm.Runs("/usr/bin/rpm"), 0);
}

// rpm lists a package before its last script ran.
TEST_F(OnRocky, WhatAnInterruptedRunInstalledIsReinstalled) {
  LeaveInterruptedInstallation();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(rpm.Runs("reinstall"), 1);
  vm.commands_run.clear();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(rpm.Runs("reinstall"), 0);
}

// Else rpm would have both for ever, and each is taken for the one that is asked for.
TEST_F(OnRocky, WhatAnInterruptedUpgradeReplacedIsErased) {
  for (const bool is_worker_killed : {true, false}) {
    EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
    if (is_worker_killed) LeaveInterruptedInstallation();
    const auto leave = [&] {
      rpm.replaced = {{"docker-ce", "28.4.0-1.el9"}, {"docker-ce-cli", "28.4.0-1.el9"}, {"glibc", "2.34-1"}};
    };
    if (is_worker_killed) leave();
    if (!is_worker_killed) {
      vm.during_install = leave;
      rpm.versions = "docker-ce 3:28.5.2-1.el9\n";
      vm.Set(0, R"({"docker": {"version": "28"}})", std::nullopt);
      rpm.installation = CommandOutput{137, "", ""};
      // of an engine that was there before, too
      EXPECT_TRUE(AmendLedger(vm.files, [](Ledger& ledger) { ledger.packages.clear(); }).ok());
      EXPECT_EQ(Enable().code, 52);
      EXPECT_TRUE(LoadLedger(vm.files)->installing);
      rpm.installation.reset();
      vm.Set(0, "{}", std::nullopt);
    }
    EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
    EXPECT_THAT(rpm.replaced, ElementsAre(testing::Pair("glibc", "2.34-1")));
    EXPECT_FALSE(LoadLedger(vm.files)->installing);
  }
}

TEST_F(OnRocky, TheDnfOfAKilledWorkerIsNotTakenForFinished) {
  LeaveInterruptedInstallation();
  vm.locks.holders["/var/lib/rpm/.rpm.lock"] = "process 306 (dnf)";
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 56);
  EXPECT_THAT(status.message, HasSubstr("/var/lib/rpm/.rpm.lock. It is held by process 306 (dnf)"));
  vm.locks.holders.clear();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(OnRocky, APackageThatWouldBeReplacedIsNotRemovedWithoutItsOwnersConsent) {
  rpm.simulation = CommandOutput{1,
                                 "Installing:\n containerd.io  x86_64  1.7.28-1.el9  docker  21 M\n"
                                 "     replacing  runc.x86_64 4:1.1.12-2.el9\n\n",
                                 "Operation aborted.\n"};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("installing Docker would remove runc"));
  EXPECT_THAT(vm.packages, IsEmpty());
  EXPECT_FALSE(Exists(vm.files, FakeRpm::kRepository));
  EXPECT_EQ(rpm.keys.size(), 1U);
}

TEST_F(OnRocky, ACustomRepositoryIsAskedForItsVersionsAndPinned) {
  const nlohmann::json repository = {{"url", "https://m.example/rpm/{major}"}, {"key", kDockerRpmKey}};
  const nlohmann::json docker = {{"source", "custom"}, {"repository", repository}};
  vm.Set(0, nlohmann::json{{"docker", docker}}.dump(), std::nullopt);
  rpm.versions = "docker-ce 3:28.5.2-1.el9\ndocker-ce-cli 1:28.5.2-1.el9\ncontainerd.io 0:2.1.5-1.el9\n";
  const StatusReport status = Enable();
  EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
  EXPECT_THAT(vm.files.Content(FakeRpm::kRepository), HasSubstr("baseurl=https://m.example/rpm/9\n"));
  EXPECT_EQ(rpm.Runs("--repo=docker-extension"), 1);
  for (const char* name :
       {"docker-ce-3:28.5.2-1.el9", "docker-ce-cli-1:28.5.2-1.el9", "containerd.io-2.1.5-1.el9"})
    EXPECT_EQ(rpm.Runs(name), 2) << name;           // simulated and real
  EXPECT_EQ(rpm.Runs("docker-compose-plugin"), 1);  // asked for, and not offered
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, IsEmpty());
  EXPECT_FALSE(Exists(vm.files, FakeRpm::kRepository));
  EXPECT_THAT(rpm.keys, ElementsAre("gpg-pubkey-350d275d-6279464b"));
}

// rpm trusts a key for every repository.
TEST_F(OnRocky, PackagesOfAChangedRepositoryAreNotVerifiedWithTheFormerKey) {
  const auto set = [&](std::string_view key, std::string_view version) {
    const nlohmann::json repository = {{"url", "https://m.example/rpm"}, {"key", key}};
    const nlohmann::json docker = {{"source", "custom"}, {"repository", repository}, {"version", version}};
    vm.Set(0, nlohmann::json{{"docker", docker}}.dump(), std::nullopt);
    return Enable();
  };
  rpm.versions = "docker-ce 3:28.5.2-1.el9\ndocker-ce 3:29.0.1-1.el9\n";
  vm.docker.version = "28.5.2";
  EXPECT_EQ(set(kDockerRpmKey, "28.5.2").level, StatusLevel::kSuccess);
  const auto before = rpm.keys;
  EXPECT_THAT(before, Contains(FakeRpm::kDockersKey));

  rpm.installation = CommandOutput{1, "Error: GPG check FAILED\n", ""};
  EXPECT_EQ(set(kDockerDebKey, "29").code, 52);
  EXPECT_EQ(rpm.keys, before);

  rpm.installation.reset();
  std::vector<std::string> during;
  vm.during_install = [&] { during = rpm.keys; };
  set(kDockerDebKey, "29");
  EXPECT_THAT(during, AllOf(Contains(FakeRpm::kOtherKey), testing::Not(Contains(FakeRpm::kDockersKey))));
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(rpm.keys, ElementsAre("gpg-pubkey-350d275d-6279464b"));
}

TEST_F(OnRocky, ADowngradeThatDnfWouldMakeUnaskedIsAnError) {
  rpm.simulation = CommandOutput{1, "Downgrading:\n containerd.io  x86_64  1.7.28-1.el9  docker  21 M\n\n",
                                 "Operation aborted.\n"};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, AllOf(HasSubstr("would replace these packages by older ones: containerd.io"),
                                    HasSubstr("allowDowngrade")));
  EXPECT_THAT(vm.packages, IsEmpty());
}

TEST_F(OnRocky, AConflictIsAnErrorThatNamesThePackage) {
  rpm.simulation =
      CommandOutput{1, "",
                    "Error: \n Problem: problem with installed package podman-docker-5-1.el9.x86_64\n"
                    "  - package podman-docker-5-1.el9.x86_64 conflicts with docker-ce provided by "
                    "docker-ce-3:29.1.0-1.el9.x86_64\n"};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              AllOf(HasSubstr("podman-docker-5-1.el9.x86_64 conflicts with docker-ce"),
                    HasSubstr("remove the conflicting package (exclude= in /etc/dnf/dnf.conf; dnf check)")));
}

TEST_F(OnRocky, WhatAFailedRunDidNotInstallIsNotRemovedLater) {
  rpm.installation = CommandOutput{1, "Error: GPG check FAILED\n", ""};
  EXPECT_EQ(Enable().code, 52);
  EXPECT_THAT(LoadLedger(vm.files)->packages, IsEmpty());
  vm.packages = {"docker-ce", "docker-ce-cli", "containerd.io"};
  vm.docker.InstallPackage();
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, Contains("docker-ce"));
}

TEST_F(OnRocky, AFailingScriptOfAnInstalledPackageIsAWarning) {
  rpm.script_failure = "Error in POSTIN scriptlet in rpm package docker-ce\n";
  const StatusReport status = Enable();
  EXPECT_EQ(status.level, StatusLevel::kSuccess);
  std::string warnings;
  for (const auto& substatus : status.substatuses) warnings += substatus.message + "\n";
  EXPECT_THAT(warnings, HasSubstr("dnf reported: Error in POSTIN scriptlet in rpm package docker-ce"));
}

TEST_F(OnRocky, ItHasNoDockerOfTheDistributions) {
  vm.Set(0, R"({"docker": {"source": "distribution"}})", std::nullopt);
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("has no Docker among its own packages"));
}

// rpm's own lock is held while a package runs its script.
TEST_F(OnRocky, TheImportOfAKeyWaitsForALock) {
  rpm.key_import = CommandOutput{1, "", "error: can't create transaction lock on /var/lib/rpm/.rpm.lock\n"};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 56);
  EXPECT_THAT(status.message, HasSubstr("/var/lib/rpm/.rpm.lock"));
  EXPECT_TRUE(LoadLedger(vm.files)->installing);
  rpm.key_import.reset();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

// A manager takes what was reinstalled by name for its owner's.
TEST_F(OnRocky, WhatWasReinstalledIsStillRemovedByUninstall) {
  LeaveInterruptedInstallation();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.marked_manual = vm.packages;
  vm.marked_manual.emplace_back("podman");
  vm.packages.emplace_back("podman");
  vm.Run("disable");
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, ElementsAre("podman"));
}

class OnFlatcar : public testing::Test {
 protected:
  OnFlatcar() {
    vm.files.Put("/etc/os-release", "ID=flatcar\nID_LIKE=coreos\nVERSION_ID=4593.2.5\n");
    vm.Set(0, "{}", std::nullopt);
  }

  StatusReport Enable() {
    vm.Run("enable");
    return vm.StatusOf(0);
  }

  FakeMachine vm;
};

TEST_F(OnFlatcar, ItsOwnEngineIsUsedAndStays) {
  vm.docker.InstallPackage();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.Set(0, R"({"docker": {"source": "distribution"}})", std::nullopt);
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.Run("disable");
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_TRUE(Exists(vm.files, "/usr/sbin/dockerd"));
}

TEST_F(OnFlatcar, AMissingEngineIsAnErrorThatSaysSo) {
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("Flatcar has no package manager, and its own Docker is missing"));
}

TEST_F(OnFlatcar, AnotherSourceThanItsOwnIsAnError) {
  vm.docker.InstallPackage();
  vm.Set(0, R"({"docker": {"source": "upstream"}})", std::nullopt);
  EXPECT_EQ(Enable().code, 53);
}

}  // namespace
}  // namespace dockerext
