// SPDX-License-Identifier: MIT
// An engine or a systemd that is busy is waited for: an engine that starts or answers slowly, and a PID 1
// that is re-executed, as an upgrade of systemd does it. DX_SLOW_START is the seconds that a slow start
// takes.
#include <nlohmann/json.hpp>

#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

int SlowStart() { return SoakNumber("DX_SLOW_START", 12); }

// dockerd itself is slow, as with many containers: it is stopped as soon as it runs.
constexpr const char* kSlowDockerd = R"(#!/bin/sh
until pid=$(systemctl show --value -p MainPID docker.service) && [ "$pid" != 0 ]; do :; done
kill -STOP "$pid"
sleep "$1"
kill -CONT "$pid"
)";

class StartingEngine : public DockerVm {
 protected:
  // Each start waits from now on before dockerd runs; or dockerd itself needs the time.
  void MakeStartsSlow() {
    AddDropIn("10-slow.conf",
              "TimeoutStartSec=infinity\nExecStartPre=/bin/sleep " + std::to_string(SlowStart()));
  }
  void MakeDockerdSlow() {
    Write("/usr/local/bin/slow-dockerd", kSlowDockerd, 0755_mode);
    AddDropIn("10-slow.conf",
              "TimeoutStartSec=infinity\nExecStartPre=/usr/bin/systemd-run -q /usr/local/bin/slow-dockerd " +
                  std::to_string(SlowStart()));
  }
  // Returns while the engine is starting: its invocation.
  std::string Restart() {
    vm().Run({"/usr/bin/systemctl", "restart", "--no-block", "docker.service"});
    AwaitEngine("activating");
    return Engine("InvocationID");
  }
  std::string RestartDockerd() {
    const std::string invocation = Restart();
    Await("grep -q '^State:.T' /proc/$(systemctl show --value -p MainPID docker.service)/status");
    return invocation;
  }
};

TEST_F(StartingEngine, IsStartedOnceByEnable) {
  const Container container = Container::Start(vm());
  Serve();
  MakeDockerdSlow();
  const std::string identity = Container::Identity(vm());
  ExpectNoOutage(container, [&] {
    const std::string starting = RestartDockerd();
    EXPECT_EQ(vm().Harness({"enable"}).exit_code, kSuccess);
    EXPECT_EQ(Engine("InvocationID"), starting) << "the engine was started again";
    EXPECT_EQ(Engine("ActiveState"), "active");
    ExpectServing();
  });
  EXPECT_EQ(Container::Identity(vm()), identity);
}

TEST_F(StartingEngine, IsStartedOnceByEnableAfterAReboot) {
  Serve();
  MakeStartsSlow();
  // An agent that calls enable while the VM is still booting.
  Write("/etc/systemd/system/early-enable.service",
        "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'until systemctl show -p ActiveState --value docker | "
        "grep "
        "-q activating; do sleep 0.1; done; systemctl show -p InvocationID --value docker >/root/invocation; "
        "cd " +
            std::string(Vm::kFolder) +
            "; ConfigSequenceNumber=0 bin/docker-extension enable'\n[Install]\nWantedBy=sysinit.target\n"
            "[Unit]\nDefaultDependencies=no\n");
  vm().Run({"/usr/bin/systemctl", "-q", "enable", "early-enable.service"});
  const auto rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  Await("systemctl -q is-active docker && ! systemctl -q is-active 'docker-extension-*'", SlowStart() + 30);
  EXPECT_EQ(StatusLevel(), "success") << LastStatus();
  EXPECT_EQ(Engine("InvocationID"), vm().Shell("cat /root/invocation")) << "the engine was started again";
  ExpectServing();
}

TEST_F(StartingEngine, IsStartedOnceDuringAnUpdate) {
  const Container container = Container::Start(vm());
  Serve();
  MakeStartsSlow();
  ExpectNoOutage(container, [&] {
    const std::string starting = Restart();
    EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP"), "--version", "1.0.1"}).exit_code,
              kSuccess);
    EXPECT_EQ(Engine("InvocationID"), starting) << "the engine was started again";
    ExpectServing();
  });
}

TEST_F(StartingEngine, IsWaitedForByDisableWhichThenClosesThePort) {
  const Container container = Container::Start(vm());
  Serve();
  const std::string identity = Container::Identity(vm());
  MakeDockerdSlow();
  ExpectNoOutage(container, [&] {
    const std::string starting = RestartDockerd();
    EXPECT_EQ(vm().Verb("disable", 0).exit_code, 0);
    EXPECT_THAT(vm().Shell("journalctl -u docker.service -o cat _SYSTEMD_INVOCATION_ID=" + starting),
                HasSubstr("API listen on"))
        << "the engine was killed while it was starting";
    EXPECT_FALSE(vm().IsOpen(4243));
    AwaitEngine("active");
    EXPECT_FALSE(vm().IsOpen(4243)) << "a start that was under way opened the port again";
  });
  EXPECT_EQ(Container::Identity(vm()), identity);
}

TEST_F(StartingEngine, KeepsItsContainersAtTheFirstEnable) {
  Container::Start(vm());
  vm().Run({"/usr/bin/docker", "update", "--restart=always", "probed"});
  MakeStartsSlow();
  const std::string starting = Restart();
  EXPECT_EQ(vm().Harness({"run"}).exit_code, kSuccess);
  ExpectServing();
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
  EXPECT_NE(Engine("InvocationID"), starting);
  // It is older than the dockerd that serves: the 22nd field of stat is when a process started.
  EXPECT_EQ(vm().Shell("started() { cut -d' ' -f22 /proc/$1/stat; }; "
                       "[ $(started $(docker inspect -f '{{.State.Pid}}' probed)) -lt "
                       "$(started $(systemctl show --value -p MainPID docker)) ] && echo older"),
            "older");
}

// dockerd answers nothing for 25 seconds while there is nothing to do.
TEST_F(StartingEngine, AnEngineThatAnswersSlowlyIsNotRestarted) {
  Serve();
  const std::string pid = vm().EnginePid();
  vm().Shell("systemctl kill -s STOP --kill-who=main docker.service");
  vm().Shell("systemd-run -q --on-active=25 systemctl kill -s CONT --kill-who=main docker.service");
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, kSuccess);
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectServing();
}

}  // namespace
}  // namespace dockerext
