// SPDX-License-Identifier: MIT
// Death at every change that a worker makes, newer commands in the middle, and workers that do not stop.
#include <gmock/gmock.h>

#include <utility>

#include "handler/docker/drop_in.hpp"
#include "handler/state/boot_state.hpp"
#include "handler/state/ledger.hpp"
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

const std::vector<std::string> kOurFolders = {"/etc/docker", "/etc/systemd"};

// Files that a write left unfinished when it was killed.
std::vector<std::string> Unfinished(const FakeMachine& vm) {
  std::vector<std::string> hidden;
  for (const std::string& line : vm.Tree()) {
    const bool is_for_this_boot = line.starts_with("/run/");
    if (!is_for_this_boot && line.find("/.") != std::string::npos) hidden.push_back(line);
  }
  return hidden;
}

std::uint16_t PortIn(const std::vector<std::string>& argv) {
  const auto endpoint = EndpointOf(argv);
  return endpoint ? endpoint->port : std::uint16_t{0};
}

// Whatever happened: no port that is not proven, a daemon that starts, a final status, and convergence.
void ExpectSoundAndConverging(FakeMachine& vm, std::uint64_t sequence, const std::string& where) {
  SCOPED_TRACE(where);
  EXPECT_NE(vm.StatusOf(sequence).level, StatusLevel::kTransitioning);
  if (vm.docker.port() != 0) {
    ASSERT_TRUE(LoadLedger(vm.files).ok());
    EXPECT_EQ(LoadLedger(vm.files)->proven->port, vm.docker.port());
  }
  EXPECT_TRUE(vm.docker.running() || !vm.docker.installed());
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(sequence).level, StatusLevel::kSuccess) << vm.StatusOf(sequence).message;
  EXPECT_THAT(Unfinished(vm), IsEmpty());
}

TEST(Interruption, AWorkerKilledAtAnyChangeOfAColdEnableLeavesASoundVm) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  FakeMachine reference;
  reference.Set(0, kPort4243, FakeMachine::Certs(credentials));
  reference.RunVerb("enable");
  const int before = reference.files.changes;
  reference.Drain();
  const int all = reference.files.changes - before;
  ASSERT_GT(all, 15);
  for (int at = 1; at <= all; ++at) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(credentials));
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    ExpectSoundAndConverging(vm, 0, "killed before change " + std::to_string(at));
    EXPECT_EQ(vm.docker.port(), 4243);
    EXPECT_EQ(vm.files.Tree(kOurFolders), reference.files.Tree(kOurFolders));
  }
}

TEST(Interruption, AWorkerKilledAtAnyChangeOfAPortChangeLeavesTheOldOrTheNewPort) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  const std::string certs = FakeMachine::Certs(credentials);
  for (int at = 1; at <= 60; ++at) {
    FakeMachine vm;
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    vm.Set(1, kPort5000, certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    const bool was_killed = !vm.files.kill_at_change.has_value();
    vm.files.kill_at_change.reset();
    EXPECT_TRUE(vm.docker.port() == 4243 || vm.docker.port() == 5000) << vm.docker.port();
    ExpectSoundAndConverging(vm, 1, "killed before change " + std::to_string(at));
    if (!was_killed) break;
  }
}

// The way back is a work that can be cut off too.
TEST(Interruption, AWorkerKilledAtAnyChangeOfAChangeThatFailsLeavesTheOldPort) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  const std::string certs = FakeMachine::Certs(credentials);
  bool was_killed = true;
  for (int at = 1; was_killed; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine vm;
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    const auto before = vm.files.Tree(kOurFolders);
    vm.docker.refuses = [](const auto& argv) { return PortIn(argv) == 5000; };
    vm.Set(1, kPort5000, certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    was_killed = !vm.files.kill_at_change.has_value();
    EXPECT_EQ(vm.docker.port(), 4243);
    EXPECT_EQ(vm.files.Tree(kOurFolders), before);
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
    ASSERT_LT(at, 60);
  }
}

TEST(Interruption, AFirstEnableThatFailsMayBeKilledOnItsWayBackToo) {
  const std::string certs = FakeMachine::Certs(MakeCredentials(FakeClock().UtcNow()));
  bool was_killed = true;
  for (int at = 1; was_killed; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine vm;
    vm.docker.InstallPackage();
    vm.docker.refuses = [](const auto& argv) { return PortIn(argv) != 0; };
    vm.Set(0, kPort4243, certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    was_killed = !vm.files.kill_at_change.has_value();
    EXPECT_EQ(vm.docker.port(), 0);
    EXPECT_FALSE(vm.files.Has(DropInPath()));
    EXPECT_TRUE(vm.docker.running());
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
    ASSERT_LT(at, 60);
  }
}

TEST(Interruption, AFullDiskAtAnyFileLeavesTheOldPort) {
  const std::string certs = FakeMachine::Certs(MakeCredentials(FakeClock().UtcNow()));
  FakeMachine reference;
  reference.Set(0, kPort4243, certs);
  reference.Run("enable");
  reference.files.changed.clear();
  reference.Set(1, kPort5000, certs);
  reference.Run("enable");
  for (const std::string& path : reference.files.changed) {
    if (path.find("/status/") != std::string::npos || path.find("/run/") != std::string::npos) continue;
    FakeMachine vm;
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    vm.Set(1, kPort5000, certs);
    vm.files.refused = {path};
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError) << path;
    EXPECT_EQ(vm.docker.port(), 4243) << path;
    vm.files.refused.clear();
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << path;
    EXPECT_EQ(vm.docker.port(), 5000);
  }
}

class TwoCommands : public testing::Test {
 protected:
  void SetUp() override { vm.Set(0, kPort4243, certs); }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

TEST_F(TwoCommands, TheSameDesiredStateTwiceIsOneWorkAndBothNumbersEnd) {
  vm.RunVerb("enable");
  vm.Set(1, kPort4243, certs);
  EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kTransitioning);
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, 2);  // the package's and ours
}

// Until a package manager has ended, what it has put in place so far is not an engine yet.
TEST_F(TwoCommands, AfterADeathInTheMiddleOfAptTheInstallIsEndedFirst) {
  vm.during_install = [this] {
    vm.docker.UnpackPackage();
    throw ProcessKilled{};
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("it was killed"));
  vm.apt_locked_for = 3;
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_FALSE(LoadLedger(vm.files)->installing);
}

TEST_F(TwoCommands, AnAptThatIsStillAtWorkWhenTheNextEnableGivesUpIsWaitedForAgain) {
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

TEST_F(TwoCommands, UninstallAfterADeathInTheMiddleOfAptTakesAllPackages) {
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

TEST_F(TwoCommands, ANewerDesiredStateInTheMiddleOfAnInstallWins) {
  vm.during_install = [this] {
    vm.Set(1, kPort5000, certs);
    EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
  };
  vm.Run("enable");
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, 2);
}

TEST_F(TwoCommands, AThenBThenAWhileBRestartsTheEngineEndsAtA) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  bool was_asked = false;
  vm.docker.refuses = [&](const auto& argv) {
    if (PortIn(argv) == 5000 && !std::exchange(was_asked, true)) {
      vm.Set(2, kPort4243, certs);
      EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    }
    return false;
  };
  vm.Run("enable");
  EXPECT_TRUE(was_asked);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess);
}

// B was stopped for C, with nothing proven; C fails. Back means A.
TEST_F(TwoCommands, ANewerChangeThatFailsBringsBackWhatWasProven) {
  vm.Run("enable");
  const auto before = vm.files.Tree(kOurFolders);
  vm.Set(1, kPort5000, certs);
  bool was_asked = false;
  vm.docker.refuses = [&](const auto& argv) {
    if (PortIn(argv) == 5000 && !std::exchange(was_asked, true)) {
      vm.Set(2, kPort6000, certs);
      EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    }
    return PortIn(argv) == 6000;
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.files.Tree(kOurFolders), before);
}

// The same without an engine's start: C is refused before it changes anything, and B's files are not left.
TEST_F(TwoCommands, ANewerChangeThatIsRefusedBringsBackWhatWasProven) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  bool was_asked = false;
  vm.docker.taken_ports = {6000};
  vm.docker.refuses = [&](const auto& argv) {
    if (PortIn(argv) == 5000 && !std::exchange(was_asked, true)) {
      vm.Set(2, kPort6000, certs);
      EXPECT_EQ(vm.RunVerb("enable").exit_code, 0);
    }
    return false;
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kError);
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(TwoCommands, ANewerDesiredStateWinsAndTheOlderSaysNothingAnyMore) {
  vm.RunVerb("enable");
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  vm.Drain();
  EXPECT_EQ(vm.docker.port(), 5000);
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.docker.starts, 2);
}

TEST_F(TwoCommands, AThenBThenAEndsAtA) {
  vm.Run("enable");
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  vm.Set(2, kPort4243, certs);
  vm.RunVerb("enable");
  vm.Drain();
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.StatusOf(2).level, StatusLevel::kSuccess);
}

TEST_F(TwoCommands, DisableDuringAWorkClosesAndTheWorkerStops) {
  vm.RunVerb("enable");
  EXPECT_EQ(vm.RunVerb("disable").exit_code, 0);
  vm.Drain();
  EXPECT_FALSE(vm.docker.installed());
  EXPECT_FALSE(vm.files.Has(DropInPath()));
}

TEST_F(TwoCommands, AWorkerThatDoesNotStopIsKilledAfterFourMinutes) {
  vm.RunVerb("enable");
  const auto generation = BootState(vm.files, vm.locks).Read()->generation;
  vm.HoldWorkLock(WorkerUnit(generation));
  EXPECT_EQ(vm.RunVerb("disable").exit_code, 0);
  EXPECT_THAT(vm.killed, ElementsAre(WorkerUnit(generation)));
  EXPECT_GE(vm.clock.elapsed, std::chrono::seconds(240));
}

// The newer one only waits; it is the older one that has to go.
TEST_F(TwoCommands, AWorkerThatDoesNotStopIsKilledBehindANewerOneThatWaits) {
  vm.RunVerb("enable");
  const auto holder = BootState(vm.files, vm.locks).Read()->generation;
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  const auto waiting = BootState(vm.files, vm.locks).Read()->generation;
  vm.HoldWorkLock(WorkerUnit(holder));
  EXPECT_EQ(vm.RunVerb("disable").exit_code, 0);
  EXPECT_THAT(vm.killed, UnorderedElementsAre(WorkerUnit(holder), WorkerUnit(waiting)));
}

// As when two enables come at once: the second one is through before the first one's worker is ready.
TEST_F(TwoCommands, AnEnableWhoseWorkerStopsForANewerOneIsNoError) {
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

TEST_F(TwoCommands, AWorkerThatCannotBeStartedIsAnErrorAtOnce) {
  vm.worker_fails_to_start = true;
  EXPECT_EQ(vm.Run("enable").exit_code, 1);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  vm.worker_fails_to_start = false;
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

// B waits for A, which is in apt, and dies: its status must not wait for A.
TEST_F(TwoCommands, AWorkerThatDiesWhileItWaitsHasItsLastWordAtOnce) {
  vm.RunVerb("enable");
  vm.HoldWorkLock(WorkerUnit(BootState(vm.files, vm.locks).Read()->generation));
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  const auto waiting = std::to_string(BootState(vm.files, vm.locks).Read()->generation);
  vm.RunProgram("/bin/docker-extension", {"after-worker", waiting}, {{"SERVICE_RESULT", "signal"}});
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("it was killed"));
}

// An engine whose packages are going is nobody's to start.
TEST_F(TwoCommands, AfterADeathInARemovalNothingIsStarted) {
  vm.Run("enable");
  vm.RunVerb("uninstall");
  const auto generation = std::to_string(BootState(vm.files, vm.locks).Read()->generation);
  vm.docker.Stop();
  vm.docker.refuses = [](const auto&) { return true; };
  EXPECT_FALSE(vm.docker.Start().ok());
  vm.docker.starts = 0;
  vm.RunProgram("/bin/docker-extension", {"after-worker", generation}, {{"SERVICE_RESULT", "signal"}});
  EXPECT_EQ(vm.docker.starts, 0);
  EXPECT_TRUE(BootState(vm.files, vm.locks).Read()->finished);
}

TEST_F(TwoCommands, AWorkerThatIsStoppedSaysSo) {
  vm.RunVerb("enable");
  const auto generation = std::to_string(BootState(vm.files, vm.locks).Read()->generation);
  vm.RunProgram("/bin/docker-extension", {"after-worker", generation}, {{"SERVICE_RESULT", "success"}});
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("it was stopped"));
}

TEST_F(TwoCommands, TheExtensionsFolderMayGoWhileAptWorks) {
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

TEST_F(TwoCommands, TheExtensionsFolderMayBeExtractedAnewWhileAptWorks) {
  vm.during_install = [this] {
    vm.files.Erase(FakeMachine::FolderOf("1.0.0"));
    vm.LayOut("1.0.0", "NotInstalled");
    vm.Set(0, kPort4243, certs);
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

// ---- the deadline, 30 minutes after the worker's begin

TEST_F(TwoCommands, AnOlderWorkThatDoesNotEndIsWaitedForUntilTheDeadline) {
  vm.RunVerb("enable");
  vm.HoldWorkLock("docker-extension-1.service");
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_GE(vm.clock.elapsed, std::chrono::minutes(30));
  EXPECT_LT(vm.clock.elapsed, std::chrono::minutes(31));
  EXPECT_FALSE(vm.docker.installed());
}

TEST_F(TwoCommands, NoStepBeginsAfterTheDeadline) {
  vm.during_install = [this] { vm.clock.SleepFor(std::chrono::minutes(31)); };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("the time for this work is used up"));
  EXPECT_FALSE(vm.files.Has("/etc/docker/docker-extension"));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(TwoCommands, NothingIsCommittedShortlyBeforeTheDeadline) {
  vm.during_install = [this] { vm.clock.SleepFor(std::chrono::minutes(26)); };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("the time for this work is used up"));
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  EXPECT_EQ(vm.docker.port(), 0);
  EXPECT_TRUE(vm.docker.running());
  vm.Run("enable");
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(TwoCommands, TheExtensionsFolderMayGoUnderARunningWorker) {
  vm.RunVerb("enable");
  vm.files.Erase(FakeMachine::FolderOf("1.0.0"));
  vm.Drain();
  EXPECT_FALSE(vm.files.Has(FakeMachine::FolderOf("1.0.0")));
}

}  // namespace
}  // namespace dockerext
