// SPDX-License-Identifier: MIT
// disable, uninstall and the update protocol.
#include <gmock/gmock.h>

#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";

class Removal : public testing::Test {
 protected:
  void SetUp() override { vm.Set(0, kPort4243, certs); }

  // As the agent does before it calls the old version's disable.
  void LayOutNext(const std::string& version) {
    vm.LayOut(version, "NotInstalled");
    vm.files.Put(FakeMachine::FolderOf(version) + "/config/0.settings",
                 vm.files.Content(FakeMachine::FolderOf("1.0.0") + "/config/0.settings"));
  }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

TEST_F(Removal, DisableClosesThePortAndKeepsTheEngine) {
  vm.Run("enable");
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_FALSE(vm.files.Has("/etc/docker/docker-extension"));
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
}

TEST_F(Removal, EnableAfterDisableOpensThePortAgain) {
  vm.Run("enable");
  vm.Run("disable");
  vm.Run("enable");
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(Removal, DisableWithAStoppedEngineStartsNothing) {
  vm.Run("enable");
  vm.docker.Stop();
  vm.docker.starts = 0;
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.starts, 0);
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST_F(Removal, DisableSucceedsWhenTheEngineDoesNotRestart) {
  vm.Run("enable");
  vm.docker.fails_to_start = [](const auto&) { return true; };
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_THAT(vm.log.lines, Contains(HasSubstr("the engine did not restart after its port was closed")));
}

TEST_F(Removal, DisableAndUninstallNeedNeitherSettingsNorAnEngine) {
  vm.files.Erase(FakeMachine::FolderOf("1.0.0") + "/config/0.settings");
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
}

TEST_F(Removal, UninstallLeavesTheMachineAsItWas) {
  const auto before = vm.Tree();
  vm.Run("enable");
  vm.Run("disable");
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_FALSE(vm.docker.installed());
  EXPECT_EQ(vm.Tree(), before);
}

TEST_F(Removal, UninstallKeepsAnEngineThatWasInstalledBefore) {
  vm.docker.InstallPackage();
  const auto before = vm.Tree();
  vm.Run("enable");
  vm.Run("uninstall");
  EXPECT_TRUE(vm.docker.running());
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_EQ(vm.Tree(), before);
}

TEST_F(Removal, UninstallKeepsThePackagesWhileContainersRun) {
  vm.Run("enable");
  vm.docker.containers_running = 1;
  vm.Run("uninstall");
  EXPECT_TRUE(vm.docker.installed());
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_FALSE(vm.files.Has("/var/lib/docker-extension"));
}

TEST_F(Removal, ThePolicyPackagesRemovesThemDespiteRunningContainers) {
  vm.Set(0, R"({"docker": {"port": "4243"}, "uninstallPolicy": "packages"})", certs);
  vm.Run("enable");
  vm.docker.containers_running = 1;
  vm.Run("uninstall");
  EXPECT_FALSE(vm.docker.installed());
}

TEST_F(Removal, ThePolicyConfigurationKeepsThePackages) {
  vm.Set(0, R"({"docker": {"port": "4243"}, "uninstallPolicy": "configuration"})", certs);
  vm.Run("enable");
  vm.Run("uninstall");
  EXPECT_TRUE(vm.docker.installed());
  EXPECT_FALSE(vm.files.Has("/var/lib/docker-extension"));
}

TEST_F(Removal, PackagesThatOtherPackagesNeedAreKept) {
  vm.Run("enable");
  vm.apt_would_also_remove = "kubelet";
  vm.Run("uninstall");
  EXPECT_TRUE(vm.docker.installed());
  EXPECT_THAT(vm.log.lines, Contains(HasSubstr("kubelet")));
}

TEST_F(Removal, AnEnableSupersedesAPendingPackageRemoval) {
  vm.Run("enable");
  vm.RunVerb("uninstall");
  vm.Run("enable");
  EXPECT_TRUE(vm.docker.installed());
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_TRUE(LoadLedger(vm.files).ok());
}

TEST_F(Removal, ASecondUninstallDoesNotStopTheFirst) {
  vm.Run("enable");
  vm.RunVerb("uninstall");
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_FALSE(vm.docker.installed());
}

TEST_F(Removal, ALedgerOfAnUnknownVersionIsKeptButThePortCloses) {
  vm.Run("enable");
  vm.files.Put(LedgerPath(), R"({"majorVersion": 2, "packages": ["docker.io"]})");
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_TRUE(vm.docker.installed());
  EXPECT_TRUE(vm.files.Has(LedgerPath()));
}

TEST_F(Removal, WithoutALedgerThePackagesAreKeptAndThePortCloses) {
  vm.Run("enable");
  vm.files.Erase(LedgerPath());
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.installed());
  EXPECT_FALSE(vm.files.Has("/var/lib/docker-extension"));
}

// The command line of an engine with DOCKER_OPTS differs from the ExecStart= that systemd reports.
TEST_F(Removal, AnUpdateDoesNotRestartAnEngineThatHasOptionsOfItsOwn) {
  vm.docker.docker_opts = {"--debug"};
  vm.Run("enable");
  const auto pid = vm.docker.pid();
  EXPECT_EQ(vm.Run("update").exit_code, 0);
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST_F(Removal, AnUpdateAsTheAgentRunsItChangesNothing) {
  vm.Run("enable");
  const auto pid = vm.docker.pid();
  LayOutNext("1.1.0");
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  vm.version = "1.1.0";
  EXPECT_EQ(vm.Run("update", {{"VERSION", "1.1.0"}, {"AZURE_GUEST_AGENT_UPDATING_FROM_VERSION", "1.0.0"}})
                .exit_code,
            0);
  vm.version = "1.0.0";
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  vm.version = "1.1.0";
  EXPECT_EQ(vm.Run("install").exit_code, 0);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.docker.pid(), pid);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(Removal, ADowngradeAsTheAgentRunsItChangesNothing) {
  vm.Run("enable");
  const auto pid = vm.docker.pid();
  LayOutNext("0.9.0");
  vm.Run("disable");
  vm.Run("update", {{"VERSION", "0.9.0"}, {"AZURE_GUEST_AGENT_UPDATING_FROM_VERSION", "0.9.0"}});
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_EQ(vm.docker.pid(), pid);
  EXPECT_TRUE(vm.files.Has(DropInPath()));
}

TEST_F(Removal, AnUpdateMarkAloneDoesNotPreventUninstall) {
  vm.Run("enable");
  vm.Run("update", {{"VERSION", "1.1.0"}});
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_FALSE(vm.docker.installed());
}

TEST_F(Removal, ANewerFolderAloneDoesNotPreventUninstall) {
  vm.Run("enable");
  LayOutNext("1.1.0");
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Removal, AnUpdateMarkExpiresAfterTwoMinutes) {
  vm.Run("enable");
  LayOutNext("1.1.0");
  vm.Run("update", {{"VERSION", "1.1.0"}});
  vm.clock.elapsed += std::chrono::minutes(3);
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.port(), 0);
}

// No clock tells an old folder from a new one; the mark does, which only a successful update writes.
TEST_F(Removal, AnOldFolderOfAFailedUpdateKeepsThePortOpenOnlyUntilUninstall) {
  vm.Run("enable");
  LayOutNext("1.1.0");
  vm.clock.elapsed += std::chrono::hours(11);
  vm.Run("disable");
  EXPECT_EQ(vm.docker.port(), 4243);
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Removal, AnUpdateThatFollowsAnInterruptedOneChangesNothing) {
  vm.Run("enable");
  LayOutNext("1.0.1");
  vm.Run("disable");
  LayOutNext("1.0.2");
  vm.Run("disable");
  vm.version = "1.0.2";
  vm.Run("update", {{"VERSION", "1.0.2"}, {"AZURE_GUEST_AGENT_UPDATING_FROM_VERSION", "1.0.0"}});
  vm.version = "1.0.0";
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_TRUE(vm.docker.installed());
}

TEST_F(Removal, PackagesStayWhileAContainerOfAStoppedEngineRuns) {
  vm.Run("enable");
  vm.docker.Stop();
  vm.files.Put("/proc/77/cmdline",
               std::string("/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0c1\0", 54));
  vm.Run("uninstall");
  EXPECT_TRUE(vm.docker.installed());
}

TEST_F(Removal, PackagesThatTheirOwnerMarkedAsHisOwnStay) {
  vm.Run("enable");
  vm.marked_manual = {"docker.io", "runc"};
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, testing::ElementsAre("runc"));
}

TEST_F(Removal, NoPrivateKeyStaysWhenTheLedgerCannotBeRead) {
  vm.Run("enable");
  vm.files.Put("/var/lib/docker-extension/ledger.json", "not JSON");
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_THAT(vm.files.Tree({"/etc/docker/docker-extension"}), testing::IsEmpty());
}

TEST_F(Removal, NoPrivateKeyStaysWhenTheLedgerCannotBeWritten) {
  vm.Run("enable");
  vm.files.failing_paths = {"/var/lib/docker-extension/ledger.json"};
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_THAT(vm.files.Tree({"/etc/docker/docker-extension"}), testing::IsEmpty());
}

TEST_F(Removal, APortThatAnotherProcessHasOpenIsNotReportedAsClosed) {
  vm.Run("enable");
  vm.docker.ports_in_use.insert(4243);
  const auto run = vm.Run("disable");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("a process still listens on port 4243"));
}

TEST_F(Removal, AnEngineWhoseUnitCannotBeLoadedAnyMoreIsStoppedToCloseItsPort) {
  vm.Run("enable");
  vm.docker.load_state = "bad-setting";
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_FALSE(vm.docker.running());
}

// The restart has started dockerd with the old line before the drop-in is removed.
TEST_F(Removal, DisableDuringARestartReportsClosedOnlyWhenItIs) {
  vm.Run("enable");
  vm.docker.start_takes = std::chrono::seconds(30);
  vm.docker.Restart();
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_EQ(vm.docker.killed_starts, 0);
  vm.clock.elapsed += std::chrono::minutes(1);
  EXPECT_EQ(vm.docker.port(), 0);
}

}  // namespace
}  // namespace dockerext
