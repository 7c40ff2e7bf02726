// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/systemd_services.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/adapters/systemd/fake_systemd.hpp"
#include "tests/support/fake_clock.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kRestart = "RestartUnit docker.service replace";

class SystemdBus : public testing::Test {
 protected:
  FakeSystemd systemd;
  FakeClock clock;
  SystemdServices services{clock, [this] { return systemd.Connect(); }};
};

TEST_F(SystemdBus, DescribeReadsTheUnitsProperties) {
  const auto facts = services.Describe("docker.service");
  ASSERT_TRUE(facts.ok()) << facts.error().Message();
  EXPECT_EQ(facts->load_state, "loaded");
  EXPECT_EQ(facts->load_error, "Bad setting.");
  EXPECT_EQ(facts->active_state, "active");
  EXPECT_EQ(facts->sub_state, "running");
  EXPECT_EQ(facts->unit_file_state, "enabled");
  EXPECT_EQ(facts->result, "success");
  EXPECT_EQ(facts->fragment_path, "/lib/systemd/system/docker.service");
  EXPECT_THAT(facts->drop_in_paths, ElementsAre("/etc/a.conf", "/etc/b.conf"));
  EXPECT_TRUE(facts->needs_reload);
  EXPECT_THAT(facts->exec_start, ElementsAre("/usr/sbin/dockerd", "-H", "fd://", "-H", "fd://"));
  EXPECT_EQ(facts->invocation_id, "ab010000000000000000000000000000");
  EXPECT_EQ(facts->main_pid, 4711U);
  EXPECT_EQ(facts->last_main_pid, 4711U);
  EXPECT_EQ(facts->started.time_since_epoch(), std::chrono::microseconds(1'795'551'480'000'250));
  EXPECT_TRUE(facts->has_job);
  EXPECT_THAT(facts->triggered_by, ElementsAre("docker.socket"));
  EXPECT_THAT(facts->dependents, ElementsAre("app.service", "part.service", "web.service"));
  EXPECT_THAT(facts->listens, IsEmpty());
  EXPECT_THAT(systemd.Calls(), ElementsAre("LoadUnit docker.service"));
}

TEST_F(SystemdBus, DescribeReadsTheStreamAddressesOfASocketUnit) {
  const auto facts = services.Describe("docker.socket");
  ASSERT_TRUE(facts.ok()) << facts.error().Message();
  EXPECT_EQ(facts->load_state, "loaded");
  EXPECT_EQ(facts->main_pid, 0U);
  EXPECT_THAT(facts->listens, ElementsAre("/run/docker.sock", "[::]:2375"));
}

TEST_F(SystemdBus, AJobIsQueuedAndNotWaitedFor) {
  EXPECT_TRUE(services.Start("docker.service").ok());
  EXPECT_TRUE(services.Stop("docker.service").ok());
  EXPECT_TRUE(services.Restart("docker.service").ok());
  EXPECT_THAT(systemd.Calls(),
              ElementsAre("StartUnit docker.service replace", "StopUnit docker.service replace", kRestart));
}

TEST_F(SystemdBus, StopResetAndSignalSucceedForAUnitThatIsNotLoaded) {
  systemd.units_exist = false;
  EXPECT_TRUE(services.Stop("docker.service").ok());
  EXPECT_TRUE(services.ResetFailed("docker.service").ok());
  EXPECT_TRUE(services.SignalMainProcess("docker.service", Services::Signal::kKill).ok());
  EXPECT_EQ(services.Start("docker.service").error().code, Code::kNotFound);
}

TEST_F(SystemdBus, TheMachineShutsDownWhenSystemdIsStopping) {
  EXPECT_FALSE(*services.IsShuttingDown());
  systemd.system_state = "stopping";
  EXPECT_TRUE(*services.IsShuttingDown());
}

TEST_F(SystemdBus, ACallAfterTheConnectionWasLostIsMadeOnANewOne) {
  ASSERT_TRUE(services.Describe("docker.service").ok());
  systemd.Disconnect();
  EXPECT_TRUE(services.Restart("docker.service").ok());
  EXPECT_THAT(systemd.Calls(), ElementsAre("LoadUnit docker.service", kRestart));
}

TEST_F(SystemdBus, ACallWhoseAnswerIsLostIsRepeated) {
  systemd.lost_answers = 1;
  EXPECT_TRUE(services.Restart("docker.service").ok());
  EXPECT_THAT(systemd.Calls(), ElementsAre(kRestart, kRestart));
}

TEST_F(SystemdBus, AConnectionThatIsLostRefusedAndLostAgainIsMadeOnceMore) {
  ASSERT_TRUE(services.ReloadDefinitions().ok());
  systemd.lost_answers = 2;
  systemd.refusals = 3;
  EXPECT_TRUE(services.Restart("docker.service").ok());
  EXPECT_THAT(systemd.Calls(), ElementsAre("Reload", kRestart, kRestart, kRestart));
}

TEST_F(SystemdBus, AConnectionThatIsLostBetweenTwoQuestionsCostsOnlyTheSecond) {
  systemd.answers_before_trouble = 1;
  systemd.lost_answers = 1;
  const auto facts = services.Describe("docker.service");
  ASSERT_TRUE(facts.ok()) << facts.error().Message();
  EXPECT_EQ(facts->main_pid, 4711U);
  EXPECT_THAT(systemd.Calls(), ElementsAre("LoadUnit docker.service"));
}

TEST_F(SystemdBus, ACallIsRepeatedWhenDbusDaemonFindsNoSystemd) {
  for (const char* name : {"NoReply", "Disconnected", "ServiceUnknown", "NameHasNoOwner"}) {
    const std::string error = std::string("org.freedesktop.DBus.Error.") + name;
    systemd.answered_error = error.c_str();
    EXPECT_TRUE(services.Restart("docker.service").ok()) << name;
  }
  EXPECT_THAT(systemd.Calls(), ElementsAre(kRestart, kRestart, kRestart, kRestart));
}

TEST_F(SystemdBus, AnErrorOfSystemdsIsNotRepeated) {
  systemd.answered_error = "org.freedesktop.systemd1.UnitMasked";
  EXPECT_THAT(services.Restart("docker.service").error().Message(),
              HasSubstr("RestartUnit: No systemd now."));
  EXPECT_THAT(systemd.Calls(), IsEmpty());
}

TEST_F(SystemdBus, ASystemdThatCannotBeReachedIsGivenUpAfterAMinute) {
  ASSERT_TRUE(services.ReloadDefinitions().ok());
  systemd.Disconnect();
  systemd.refusals = 1'000'000;
  const Status restarted = services.Restart("docker.service");
  EXPECT_EQ(restarted.error().code, Code::kMissingDependency);
  EXPECT_EQ(restarted.error().Message(),
            "systemd cannot be reached (connection refused); check that systemctl status answers; reboot if "
            "it does not");
  EXPECT_GT(clock.elapsed, seconds(59));
  EXPECT_LE(clock.elapsed, seconds(60));
}

TEST_F(SystemdBus, AMachineWithoutSystemdIsNotWaitedFor) {
  SystemdServices without(clock, []() -> Result<BusPtr> { return Error{Code::kMissingDependency, "none"}; });
  EXPECT_EQ(without.Describe("docker.service").error().code, Code::kMissingDependency);
  EXPECT_EQ(clock.elapsed, seconds(0));
}

class Transient : public SystemdBus {
 protected:
  Status Start() {
    return services.StartTransient({.name = "x.service",
                                    .description = "test worker",
                                    .command = {"/bin/x", "worker"},
                                    .after_command = {"/bin/x", "after"},
                                    .start_limit = seconds(30),
                                    .run_limit = seconds(2100),
                                    .stop_limit = seconds(300)});
  }
};

TEST_F(Transient, TheWorkersUnitHasItsProperties) {
  EXPECT_TRUE(Start().ok());
  EXPECT_THAT(
      systemd.Calls(),
      ElementsAre(
          "StartTransientUnit x.service fail Description=test worker Type=notify NotifyAccess=main "
          "KillMode=process "
          "CollectMode=inactive-or-failed TimeoutStartUSec=30000000 RuntimeMaxUSec=2100000000 "
          "TimeoutStopUSec=300000000 LimitCORE=0 ExecStart=[/bin/x][worker] ExecStopPost=[/bin/x][after]?",
          "LoadUnit x.service"));
}

TEST_F(Transient, AUnitIsWaitedForUntilItIsReady) {
  systemd.Expect({{"inactive", true}, {"activating", true}, {"activating"}, {"active"}});
  const Status started = Start();
  EXPECT_TRUE(started.ok()) << started.error().Message();
  EXPECT_GT(clock.elapsed, milliseconds(50));
  EXPECT_LT(clock.elapsed, milliseconds(200));
}

TEST_F(Transient, AUnitThatEndsBeforeItIsReadyIsAnError) {
  for (const char* end : {"failed", "inactive", "deactivating"}) {
    systemd.transient_exists = false;
    systemd.Expect({{"activating"}, {end}});
    const Status started = Start();
    EXPECT_EQ(started.error().code, Code::kInternal);
    EXPECT_EQ(started.error().what, "starting x.service: x.service ended before it was ready");
  }
}

TEST_F(Transient, AUnitThatIsNotReadyInTimeIsATimeout) {
  systemd.Expect({{"activating"}});
  EXPECT_EQ(Start().error().code, Code::kTimeout);
  EXPECT_GE(clock.elapsed, seconds(35));
  EXPECT_LT(clock.elapsed, seconds(36));
}

TEST_F(Transient, AUnitWhoseAnswerWasLostIsWaitedForAndNotAnError) {
  systemd.lost_answers = 1;
  const Status started = Start();
  EXPECT_TRUE(started.ok()) << started.error().Message();
}

TEST_F(Transient, AUnitThatExistedBeforeIsAnError) {
  systemd.transient_exists = true;
  EXPECT_THAT(Start().error().Message(), HasSubstr("already loaded"));
}

TEST_F(SystemdBus, EachRemainingMethodSendsItsCall) {
  EXPECT_TRUE(services.ReloadDefinitions().ok());
  EXPECT_TRUE(services.SignalMainProcess("x.service", Services::Signal::kKill).ok());
  EXPECT_TRUE(services.SignalMainProcess("x.service", Services::Signal::kHangUp).ok());
  EXPECT_TRUE(services.EnableUnitFile("docker.service").ok());
  EXPECT_TRUE(services.DisableUnitFile("docker.service").ok());
  EXPECT_THAT(*services.Loaded("docker-*"), ElementsAre("a.service", "b.service"));
  EXPECT_THAT(systemd.Calls(),
              ElementsAre("Reload", "KillUnit x.service main 9", "KillUnit x.service main 1",
                          "EnableUnitFiles docker.service", "Reload", "DisableUnitFiles docker.service",
                          "Reload", "ListUnitsByPatterns docker-*"));
}

TEST(SystemdNotify, NotifyReadySendsReadyToNotifySocket) {
  const std::string name = "dx-notify-" + std::to_string(getpid());
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, name.size());
  const void* pointer = &address;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(bind(fd, static_cast<const sockaddr*>(pointer), size), 0);
  setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  FakeClock clock;
  EXPECT_TRUE(SystemdServices(clock).NotifyReady().ok());
  char text[32] = {};
  EXPECT_EQ(recv(fd, text, sizeof text - 1, 0), 7);
  EXPECT_STREQ(text, "READY=1");
  unsetenv("NOTIFY_SOCKET");
  EXPECT_THAT(SystemdServices(clock).NotifyReady().error().Message(), HasSubstr("does not wait"));
  close(fd);
}

}  // namespace
}  // namespace dockerext
