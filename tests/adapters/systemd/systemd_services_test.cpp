// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/systemd_services.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/adapters/systemd/fake_systemd.hpp"

namespace dockerext {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

class SystemdBus : public testing::Test {
 protected:
  FakeSystemd systemd;
  SystemdServices services{systemd.TakeClient()};
};

TEST_F(SystemdBus, DescribeReadsTheUnitsProperties) {
  const auto facts = services.Describe("docker.service");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->load_state, "loaded");
  EXPECT_EQ(facts->active_state, "active");
  EXPECT_EQ(facts->sub_state, "running");
  EXPECT_EQ(facts->unit_file_state, "enabled");
  EXPECT_EQ(facts->result, "success");
  EXPECT_EQ(facts->fragment_path, "/lib/systemd/system/docker.service");
  EXPECT_THAT(facts->drop_in_paths, ElementsAre("/etc/a.conf", "/etc/b.conf"));
  EXPECT_THAT(facts->exec_start, ElementsAre("/usr/sbin/dockerd", "-H", "fd://"));
  EXPECT_EQ(facts->invocation_id, "ab010000000000000000000000000000");
  EXPECT_EQ(facts->main_pid, 4711U);
  EXPECT_TRUE(facts->has_job);
  EXPECT_THAT(systemd.Calls(), ElementsAre("LoadUnit docker.service"));
}

TEST_F(SystemdBus, DescribeReadsNoServicePropertiesOfASocketUnit) {
  const auto facts = services.Describe("docker.socket");
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->load_state, "loaded");
  EXPECT_EQ(facts->main_pid, 0U);
}

TEST_F(SystemdBus, StartReturnsWhenItsJobHasFinished) {
  EXPECT_TRUE(services.Start("docker.service", seconds(5)).ok());
  EXPECT_THAT(systemd.Calls(), ElementsAre("Subscribe", "StartUnit docker.service replace"));
}

TEST_F(SystemdBus, FurtherJobsSucceedAfterAFailedRestart) {
  systemd.job_result = "failed";
  EXPECT_FALSE(services.Restart("docker.service", seconds(5)).ok());
  systemd.job_result = "done";
  for (const Status& job :
       {services.Stop("docker.service", seconds(5)), services.Start("docker.service", seconds(5))}) {
    EXPECT_TRUE(job.ok()) << job.error().message;
  }
}

TEST_F(SystemdBus, AFailedJobIsReportedWithSystemdsResult) {
  systemd.job_result = "failed";
  const Status restarted = services.Restart("docker.service", seconds(5));
  EXPECT_EQ(restarted.error().message, "RestartUnit of docker.service failed with result \"failed\"");
}

TEST_F(SystemdBus, AJobThatDoesNotFinishWithinTheBudgetIsATimeout) {
  systemd.jobs_finish = false;
  EXPECT_EQ(services.Start("docker.service", milliseconds(200)).error().code, Code::kTimeout);
}

TEST_F(SystemdBus, StopResetAndSignalSucceedForAUnitThatIsNotLoaded) {
  systemd.units_exist = false;
  EXPECT_TRUE(services.Stop("docker.service", seconds(5)).ok());
  EXPECT_TRUE(services.ResetFailed("docker.service").ok());
  EXPECT_TRUE(services.SignalMainProcess("docker.service", Services::Signal::kKill).ok());
  EXPECT_EQ(services.Start("docker.service", seconds(5)).error().code, Code::kNotFound);
}

TEST_F(SystemdBus, StartTransientSendsTheWorkersUnitProperties) {
  EXPECT_TRUE(services
                  .StartTransient({.name = "x.service",
                                   .description = "test worker",
                                   .command = {"/bin/x", "worker"},
                                   .after_command = {"/bin/x", "after"},
                                   .start_limit = seconds(30),
                                   .run_limit = seconds(2100)})
                  .ok());
  EXPECT_EQ(systemd.Calls().back(),
            "StartTransientUnit x.service fail Description=test worker Type=notify NotifyAccess=main "
            "KillMode=process "
            "CollectMode=inactive-or-failed TimeoutStartUSec=30000000 RuntimeMaxUSec=2100000000 "
            "TimeoutStopUSec=300000000 LimitCORE=0 ExecStart=[/bin/x][worker] ExecStopPost=[/bin/x][after]?");
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
  EXPECT_TRUE(SystemdServices().NotifyReady().ok());
  char text[32] = {};
  EXPECT_EQ(recv(fd, text, sizeof text - 1, 0), 7);
  EXPECT_STREQ(text, "READY=1");
  unsetenv("NOTIFY_SOCKET");
  EXPECT_THAT(SystemdServices().NotifyReady().error().message, HasSubstr("does not wait"));
  close(fd);
}

}  // namespace
}  // namespace dockerext
