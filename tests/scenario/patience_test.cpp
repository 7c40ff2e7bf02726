// SPDX-License-Identifier: MIT
// Engines that are starting or stopping, answer slowly or not at all, and units that depend on them: none of
// them is taken down by a budget of the extension.
#include "handler/engine/control.hpp"
#include "tests/scenario/existing_engine.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

class Patience : public ExistingEngineVm {
 protected:
  void Serve() {
    vm.Run("enable");
    ASSERT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  }

  // As after a boot.
  void RestartSlowly(std::chrono::seconds start_takes) {
    vm.docker.start_takes = start_takes;
    vm.docker.Restart();
    starts_ = vm.docker.starts;
  }
  int StartsSince() const { return vm.docker.starts - starts_; }

 private:
  int starts_ = 0;
};

TEST_F(Patience, AnEngineThatNeedsMinutesToStartIsStartedOnce) {
  Serve();
  RestartSlowly(std::chrono::seconds(150));
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(StartsSince(), 0);
  EXPECT_EQ(vm.docker.killed_starts, 0);
  EXPECT_EQ(vm.docker.outages, 0);
}

TEST_F(Patience, TheStatusSaysWhatIsWaitedFor) {
  Serve();
  RestartSlowly(std::chrono::seconds(150));
  vm.RunVerb("enable");
  std::string said;
  vm.clock.on_sleep = [&] { said = vm.StatusOf(0).message; };
  vm.Drain();
  EXPECT_THAT(said, HasSubstr("waiting for docker.service (activating"));
}

// The wait comes between two steps: none of them may stay "transitioning" in the final status.
TEST_F(Patience, AWaitBetweenStepsLeavesNoTraceInTheFinalStatus) {
  vm.RunVerb("enable");
  // Somebody restarts the engine while the TLS files are written, so the look before the next step waits.
  vm.docker.start_takes = std::chrono::seconds(30);
  vm.files.before_change = [&](const std::string& path) {
    if (!path.starts_with("/etc/docker/docker-extension/tls-")) return;
    vm.files.before_change = nullptr;
    vm.docker.Restart();
  };
  vm.Drain();
  EXPECT_FALSE(vm.files.before_change);
  const StatusReport status = vm.StatusOf(0);
  EXPECT_EQ(status.level, StatusLevel::kSuccess) << status.message;
  for (const Substatus& substatus : status.substatuses)
    EXPECT_NE(substatus.level, StatusLevel::kTransitioning) << substatus.name << ": " << substatus.message;
}

TEST_F(Patience, AFirstEnableWaitsForAStartingEngineAndSetsLiveRestoreBeforeItsRestart) {
  RestartSlowly(std::chrono::seconds(100));
  const int outages = vm.docker.outages;  // of the restart that is not the extension's
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(StartsSince(), 1);
  EXPECT_EQ(vm.docker.killed_starts, 0);
  EXPECT_EQ(vm.docker.outages, outages);
}

TEST_F(Patience, AnUpdateLeavesAStartingEngineAlone) {
  Serve();
  RestartSlowly(std::chrono::seconds(100));
  EXPECT_EQ(vm.Run("update").exit_code, 0);
  EXPECT_EQ(StartsSince(), 0);
  EXPECT_EQ(vm.docker.killed_starts, 0);
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST_F(Patience, DisableWaitsForAStartingEngineAndClosesThePort) {
  Serve();
  RestartSlowly(std::chrono::seconds(100));
  EXPECT_EQ(vm.Run("disable").exit_code, 0);
  EXPECT_EQ(vm.docker.killed_starts, 0);
  EXPECT_EQ(StartsSince(), 1);
  EXPECT_EQ(vm.docker.port(), 0);
}

TEST_F(Patience, AnEngineThatNeverGetsReadyIsRestoredAtTheDeadline) {
  Serve();
  vm.docker.start_takes = std::chrono::hours(5);
  vm.clock.on_sleep = [&] {
    if (vm.docker.killed_starts > 0) vm.docker.start_takes = std::chrono::seconds(0);
  };
  vm.Set(1, kPort5000, certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("deadline"));
}

TEST_F(Patience, AnEngineThatTakesLongToStopIsUpAgainAfterARollback) {
  Serve();
  vm.docker.stop_takes = std::chrono::seconds(70);
  vm.docker.accepts_anonymous_clients_with = ":5000";
  vm.Set(1, kPort5000, certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("rolled back to the previous configuration"));
  EXPECT_TRUE(vm.docker.running());
  EXPECT_EQ(vm.docker.port(), 4243);
  EXPECT_EQ(vm.docker.outages, 0);
}

class Dependents : public Patience {
 protected:
  void SetUp() override {
    Patience::SetUp();
    vm.files.Put("/lib/systemd/system/app.service", "[Unit]\nRequires=docker.service\n");
    vm.docker.dependents = {"app.service"};
    vm.active_units = {"app.service"};
  }
  void ExpectActive() { EXPECT_TRUE(vm.active_units.contains("app.service")); }
};

TEST_F(Dependents, AreActiveAfterAnOptionThatDockerdRefusesAtItsStart) {
  Serve();
  vm.docker.fails_to_start = [](const auto& argv) {
    return std::find(argv.begin(), argv.end(), "--storage-driver=none") != argv.end();
  };
  vm.Set(1, R"({"docker": {"port": "4243", "options": ["--storage-driver=none"]}})", certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  ExpectActive();
}

TEST_F(Dependents, AreActiveAfterAnUpdateAndADisable) {
  Serve();
  ExpectActive();
  vm.Run("update");
  ExpectActive();
  vm.Run("disable");
  ExpectActive();
}

TEST_F(Dependents, AreStartedByTheExitHandlerOfAWorkerThatIsKilledDuringTheRestart) {
  Serve();
  vm.docker.fails_to_start = [](const auto& argv) {
    return std::find(argv.begin(), argv.end(), "tcp://0.0.0.0:5000") != argv.end();
  };
  vm.Set(1, kPort5000, certs);
  vm.RunVerb("enable");
  const int starts = vm.docker.starts;
  vm.clock.on_sleep = [&, starts] {
    if (vm.docker.starts > starts) std::exchange(vm.clock.on_sleep, nullptr), throw ProcessKilled();
  };
  vm.Drain();
  EXPECT_EQ(vm.docker.port(), 4243);
  ExpectActive();
}

TEST_F(Patience, AWaitThatANewerOperationEndsIsNoFailureOfTheEngine) {
  vm.docker.hangs = true;
  const Status restarted = RestartEngine(vm.system, [](const std::string&) {
    return Error{Code::kSuperseded, "superseded"};
  });
  ASSERT_FALSE(restarted.ok());
  EXPECT_EQ(restarted.error(), (Error{Code::kSuperseded, "superseded"}));
}

TEST_F(Patience, OneSlowAnswerIsNoReasonForARestart) {
  Serve();
  const auto pid = vm.docker.pid();
  vm.docker.slow_answers = 3;
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST_F(Patience, AnEngineThatDoesNotAnswerForAMinuteIsRestarted) {
  Serve();
  const auto pid = vm.docker.pid();
  vm.docker.hangs = true;
  vm.clock.on_sleep = [&] {
    if (vm.docker.pid() != pid) vm.docker.hangs = false;
  };
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_NE(vm.docker.pid(), pid);
  EXPECT_GE(vm.clock.elapsed, std::chrono::minutes(1));
}

TEST_F(Patience, AnOrderlyShutdownInTheMiddleLeavesNoError) {
  vm.RunVerb("enable");
  vm.files.kill_at_change = vm.files.changes + 8;
  vm.shuts_down = true;
  vm.Drain();
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kTransitioning);
}

}  // namespace
}  // namespace dockerext
