// SPDX-License-Identifier: MIT
// Death at every change that a worker makes, newer commands in the middle, and workers that do not stop.
#include <gmock/gmock.h>

#include "handler/docker/drop_in.hpp"
#include "handler/state/boot_state.hpp"
#include "handler/state/ledger.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";
constexpr const char* kPort5000 = R"({"docker": {"port": 5000}})";

// Whatever happened: no port that is not proven, a daemon that starts, a final status, and convergence.
void ExpectSoundAndConverging(FakeMachine& vm, std::uint64_t sequence, const std::string& where) {
  SCOPED_TRACE(where);
  EXPECT_NE(vm.StatusOf(sequence).level, StatusLevel::kTransitioning);
  if (vm.docker.port() != 0) {
    ASSERT_TRUE(LoadLedger(vm.files).ok());
    EXPECT_EQ(LoadLedger(vm.files)->proven->port, vm.docker.port());
  }
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(sequence).level, StatusLevel::kSuccess) << vm.StatusOf(sequence).message;
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
    EXPECT_EQ(vm.files.Tree({"/etc/docker", "/etc/systemd"}),
              reference.files.Tree({"/etc/docker", "/etc/systemd"}));
  }
}

TEST(Interruption, AWorkerKilledAtAnyChangeOfAPortChangeLeavesTheOldOrTheNewPort) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  const std::string certs = FakeMachine::Certs(credentials);
  for (int at = 1; at <= 30; ++at) {
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

TEST_F(TwoCommands, TheExtensionsFolderMayGoUnderARunningWorker) {
  vm.RunVerb("enable");
  vm.files.Erase(FakeMachine::FolderOf("1.0.0"));
  vm.Drain();
  EXPECT_FALSE(vm.files.Has(FakeMachine::FolderOf("1.0.0")));
}

}  // namespace
}  // namespace dockerext
