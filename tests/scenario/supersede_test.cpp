// SPDX-License-Identifier: MIT
// Newer operations that supersede a running one, and workers that do not stop.
#include <gmock/gmock.h>

#include <utility>

#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/operation_store.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";
constexpr const char* kPort5000 = R"({"docker": {"port": 5000}})";
constexpr const char* kPort6000 = R"({"docker": {"port": 6000}})";

const std::vector<std::string> kExtensionFolders = {"/etc/docker", "/etc/systemd"};

std::uint16_t PortIn(const std::vector<std::string>& argv) {
  const auto endpoint = EndpointOf(argv);
  return endpoint ? endpoint->port : std::uint16_t{0};
}

class Supersede : public testing::Test {
 protected:
  void SetUp() override { vm.Set(0, kPort4243, certs); }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

TEST_F(Supersede, TheSameDesiredStateTwiceIsOneOperationAndBothStatusesEnd) {
  vm.RunVerb("enable");
  vm.Set(1, kPort4243, certs);
  EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kTransitioning);
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, 2);  // the package's and the extension's
}

// An engine counts as missing until the package manager that installs it has ended.
TEST_F(Supersede, AfterAWorkerIsKilledDuringAptTheInstallationIsCompletedFirst) {
  vm.during_install = [this] {
    vm.docker.UnpackPackage();
    throw ProcessKilled{};
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("was killed before it finished"));
  vm.apt_locked_for = 3;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_FALSE(LoadLedger(vm.files)->installing);
}

TEST_F(Supersede, AnAptThatOutlivesTheNextEnableIsWaitedForAgain) {
  vm.during_install = [this] {
    vm.docker.UnpackPackage();
    throw ProcessKilled{};
  };
  vm.Run("enable");
  vm.apt_locked_for = 1000;
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).code, 56);
  vm.apt_locked_for = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
}

TEST_F(Supersede, UninstallAfterAWorkerIsKilledDuringAptRemovesAllPackages) {
  const auto before = vm.Tree();
  vm.during_install = [this] {
    vm.docker.UnpackPackage();
    vm.packages.emplace_back("runc");
    throw ProcessKilled{};
  };
  vm.Run("enable");
  vm.Run("uninstall");
  EXPECT_FALSE(vm.docker.installed());
  EXPECT_THAT(vm.packages, IsEmpty());
  EXPECT_EQ(vm.Tree(), before);
}

TEST_F(Supersede, ANewerDesiredStateDuringAnInstallationWins) {
  vm.during_install = [this] {
    vm.Set(1, kPort5000, certs);
    EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  };
  vm.Run("enable");
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, 2);
}

TEST_F(Supersede, AThenBThenAWhileBRestartsTheEngineEndsAtA) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  bool was_started = false;
  vm.docker.fails_to_start = [&](const auto& argv) {
    if (PortIn(argv) == 5000 && !std::exchange(was_started, true)) {
      vm.Set(2, kPort4243, certs);
      EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    }
    return false;
  };
  vm.Run("enable");
  EXPECT_TRUE(was_started);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess);
}

// C supersedes B before B is verified, and fails: A is the last known good.
TEST_F(Supersede, ANewerChangeThatFailsRollsBackToTheLastKnownGood) {
  vm.Run("enable");
  const auto before = vm.files.Tree(kExtensionFolders);
  vm.Set(1, kPort5000, certs);
  bool was_started = false;
  vm.docker.fails_to_start = [&](const auto& argv) {
    if (PortIn(argv) == 5000 && !std::exchange(was_started, true)) {
      vm.Set(2, kPort6000, certs);
      EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    }
    return PortIn(argv) == 6000;
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.files.Tree(kExtensionFolders), before);
}

// The same without a start of the engine: C is rejected before it changes anything, and B's files are
// removed.
TEST_F(Supersede, ANewerChangeThatIsRejectedRollsBackToTheLastKnownGood) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  bool was_started = false;
  vm.docker.ports_in_use = {6000};
  vm.docker.fails_to_start = [&](const auto& argv) {
    if (PortIn(argv) == 5000 && !std::exchange(was_started, true)) {
      vm.Set(2, kPort6000, certs);
      EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    }
    return false;
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Supersede, ANewerDesiredStateWinsAndTheOlderOneReportsNothingMore) {
  vm.RunVerb("enable");
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  vm.Drain();
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, 2);
}

TEST_F(Supersede, AThenBThenAEndsAtA) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  vm.Set(2, kPort4243, certs);
  vm.RunVerb("enable");
  vm.Drain();
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess);
}

TEST_F(Supersede, DisableDuringAnEnableLeavesNoPortAndTheWorkerStops) {
  vm.RunVerb("enable");
  EXPECT_EQ(vm.RunVerb("disable").exit_code, 0);
  vm.Drain();
  EXPECT_FALSE(vm.docker.installed());
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST_F(Supersede, AWorkerThatDoesNotStopIsKilledAfterFourMinutes) {
  vm.RunVerb("enable");
  const auto generation = OperationStore(vm.files, vm.locks).Read()->generation;
  vm.HoldOperationLock(WorkerUnit(generation));
  EXPECT_EQ(vm.RunVerb("disable").exit_code, 0);
  EXPECT_THAT(vm.killed, ElementsAre(WorkerUnit(generation)));
  EXPECT_GE(vm.clock.elapsed, std::chrono::seconds(240));
}

// The newer one only waits for the lock; the older one holds it.
TEST_F(Supersede, AWorkerThatDoesNotStopIsKilledAlongWithANewerOneThatWaits) {
  vm.RunVerb("enable");
  const auto holder = OperationStore(vm.files, vm.locks).Read()->generation;
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  const auto waiting = OperationStore(vm.files, vm.locks).Read()->generation;
  vm.HoldOperationLock(WorkerUnit(holder));
  EXPECT_EQ(vm.RunVerb("disable").exit_code, 0);
  EXPECT_THAT(vm.killed, UnorderedElementsAre(WorkerUnit(holder), WorkerUnit(waiting)));
}

// Two enables at the same time: the second one returns before the worker of the first one is ready.
TEST_F(Supersede, AnEnableWhoseWorkerIsSupersededIsNoError) {
  vm.worker_fails_to_start = true;
  vm.before_worker_starts = [this] {
    vm.worker_fails_to_start = false;
    vm.RunVerb("enable");
    vm.worker_fails_to_start = true;
  };
  EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  EXPECT_EQ(vm.killed.size(), 0U);
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(Supersede, AWorkerThatCannotBeStartedIsAnErrorAtOnce) {
  vm.worker_fails_to_start = true;
  EXPECT_EQ(vm.Run("enable").exit_code, 1);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  vm.worker_fails_to_start = false;
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

// B is killed while it waits for A, which runs apt and does not end.
TEST_F(Supersede, AWorkerKilledWhileItWaitsGetsItsFinalStatus) {
  vm.RunVerb("enable");
  vm.HoldOperationLock(WorkerUnit(OperationStore(vm.files, vm.locks).Read()->generation));
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  const auto waiting = std::to_string(OperationStore(vm.files, vm.locks).Read()->generation);
  vm.RunProgram("/bin/docker-extension", {"worker-exit", waiting}, {{"SERVICE_RESULT", "signal"}});
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("was killed before it finished"));
}

// An engine is not started while its packages are being removed.
TEST_F(Supersede, AfterAnUninstallWorkerIsKilledNothingIsStarted) {
  vm.Run("enable");
  vm.RunVerb("uninstall");
  const auto generation = std::to_string(OperationStore(vm.files, vm.locks).Read()->generation);
  vm.docker.Stop();
  vm.docker.fails_to_start = [](const auto&) { return true; };
  vm.docker.Start();
  EXPECT_FALSE(vm.docker.running());
  vm.docker.starts = 0;
  vm.RunProgram("/bin/docker-extension", {"worker-exit", generation}, {{"SERVICE_RESULT", "signal"}});
  EXPECT_EQ(vm.docker.starts, 0);
  EXPECT_TRUE(OperationStore(vm.files, vm.locks).Read()->finished);
}

TEST_F(Supersede, AStoppedWorkerIsReportedAsStopped) {
  vm.RunVerb("enable");
  const auto generation = std::to_string(OperationStore(vm.files, vm.locks).Read()->generation);
  vm.RunProgram("/bin/docker-extension", {"worker-exit", generation}, {{"SERVICE_RESULT", "success"}});
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("was stopped before it finished"));
}

TEST_F(Supersede, TheExtensionsFolderMayBeRemovedWhileAptRuns) {
  vm.during_install = [this] { vm.files.Erase(FakeMachine::FolderOf("1.0.0")); };
  vm.Run("enable");
  EXPECT_FALSE(vm.files.Has(FakeMachine::FolderOf("1.0.0")));
  EXPECT_EQ(vm.docker.port(), 4243);
  vm.LayOut("1.0.0", "NotInstalled");
  vm.Set(0, kPort4243, certs);
  const int starts = vm.docker.starts;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, starts);
}

TEST_F(Supersede, TheExtensionsFolderMayBeUnpackedAgainWhileAptRuns) {
  vm.during_install = [this] {
    vm.files.Erase(FakeMachine::FolderOf("1.0.0"));
    vm.LayOut("1.0.0", "NotInstalled");
    vm.Set(0, kPort4243, certs);
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

// ---- The deadline, 30 minutes after the worker starts.

TEST_F(Supersede, AnOlderOperationThatDoesNotEndIsWaitedForUntilTheDeadline) {
  vm.RunVerb("enable");
  vm.HoldOperationLock("docker-extension-1.service");
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_GE(vm.clock.elapsed, std::chrono::minutes(30));
  EXPECT_LT(vm.clock.elapsed, std::chrono::minutes(31));
  EXPECT_FALSE(vm.docker.installed());
}

TEST_F(Supersede, NoStepBeginsAfterTheDeadline) {
  vm.during_install = [this] { vm.clock.SleepFor(std::chrono::minutes(31)); };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("the operation's deadline has passed"));
  EXPECT_FALSE(vm.files.Has("/etc/docker/docker-extension"));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(Supersede, NothingIsCommittedShortlyBeforeTheDeadline) {
  vm.during_install = [this] { vm.clock.SleepFor(std::chrono::minutes(26)); };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("the operation's deadline has passed"));
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
  vm.Run("enable");
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Supersede, TheExtensionsFolderMayBeRemovedWhileAWorkerRuns) {
  vm.RunVerb("enable");
  vm.files.Erase(FakeMachine::FolderOf("1.0.0"));
  vm.Drain();
  EXPECT_FALSE(vm.files.Has(FakeMachine::FolderOf("1.0.0")));
}

}  // namespace
}  // namespace dockerext
