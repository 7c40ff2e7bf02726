// SPDX-License-Identifier: MIT
// The main job as Azure does it: the real Linux agent, from the distribution's package, takes the packaged
// ZIP from a fabric and calls it in its own order. The tests share a VM and run in their order, through the
// life of an extension.
#include <gmock/gmock.h>

#include "tests/e2e/suites/agent/agent_vm.hpp"
#include "tests/e2e/suites/support/container.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RealAgent : public AgentVm<RealAgent> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  static void ExpectUnnoticed(const std::string& step, const char* zip) {
    const std::string container = Container::Identity(vm());
    const std::string pid = vm().EnginePid();
    azure().Order({"update", "--zip", zip});
    azure().Await(step);
    EXPECT_EQ(Container::Identity(vm()), container);
    EXPECT_EQ(vm().EnginePid(), pid);
    ExpectAnAnswerAt(5000);
  }
};

TEST_F(RealAgent, AFirstInstallAnswersAClientOnAnotherHost) {
  azure().OrderSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Await("cold install");
  ExpectAnAnswerAt(4243);
  EXPECT_EQ(azure().Calls("install"), 1);
  EXPECT_EQ(azure().Calls("enable"), 1);
  EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("installed docker.io"), HasSubstr(" with apt")));
}

// In a scope of systemd's, or in the agent's own service; either way what is to last outlives the call.
TEST_F(RealAgent, NothingThatLastsRunsWhereTheAgentPutTheCommands) {
  if (vm().Exec({"/usr/bin/test", "-e", "/sys/fs/cgroup/cgroup.controllers"}).exit_code == 0) {
    GTEST_SKIP() << "these agents use scopes on cgroups v1 alone, and this machine has v2";
  }
  const std::string release = Variable("DX_RELEASE");
  const std::string scopes =
      vm().Shell("grep -cE 'Started extension (in unit|using scope)' /var/log/waagent.log || true");
  EXPECT_EQ(scopes, release == "ubuntu" || release == "bullseye" ? "2" : "0");
  EXPECT_EQ(vm().Shell("systemctl list-units --all --plain --no-legend 'install_*.scope' 'enable_*.scope' "
                       "'Example.*.scope'"),
            "");
  EXPECT_EQ(vm().Say({"/usr/bin/systemctl", "show", "--value", "-p", "ControlGroup", "docker"}),
            "/system.slice/docker.service");
}

TEST_F(RealAgent, TheSameOnceMoreChangesNothing) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const std::string status = vm().StatusText(0);
  azure().Order({"again"});
  azure().Await("no-op");
  EXPECT_EQ(azure().Calls("enable"), 2);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  EXPECT_EQ(vm().StatusText(0), status);
}

TEST_F(RealAgent, ARestartOfTheAgentChangesNothing) {
  const std::string pid = vm().EnginePid();
  const int before = azure().Calls("enable");
  vm().Say({"/usr/bin/systemctl", "restart", "walinuxagent"});
  AwaitCalls("enable", before);
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(4243);
}

TEST_F(RealAgent, NewSettingsInTheNewerCipherMoveThePort) {
  azure().OrderSettings({"settings", "--cipher", "aes-256-cbc"}, 5000);
  azure().Await("changed port");
  ExpectAnAnswerAt(5000);
  EXPECT_FALSE(vm().IsOpen(4243));
}

TEST_F(RealAgent, WrongSettingsAreReportedAndWhatServedServes) {
  const std::string pid = vm().EnginePid();
  azure().OrderSettings({"settings"}, 0);
  azure().Await("wrong settings", "error");
  EXPECT_THAT(azure().Reported(), HasSubstr("publicSettings.docker.port"));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(5000);
  azure().OrderSettings({"settings"}, 5000);
  azure().Await("right settings again");
  EXPECT_EQ(vm().EnginePid(), pid);
}

// dockerd can be asked from 23.0 on; before that only a restart tells, and the way back.
TEST_F(RealAgent, AnOptionThatDockerdRefusesIsReportedAndWhatServedServes) {
  const std::string pid = vm().EnginePid();
  Write("/root/options.json", R"({"docker": {"port": "5000", "options": ["--log-level=nonsense"]}})");
  azure().Order({"settings", "--public", "/root/options.json", "--protected", Azure::kProtected});
  azure().Await("option that dockerd refuses", "error");
  EXPECT_THAT(azure().Reported(), HasSubstr("nonsense"));
  ExpectAnAnswerAt(5000);
  EXPECT_EQ(vm().EnginePid() == pid, Variable("DX_RELEASE") == "trixie");
  azure().OrderSettings({"settings"}, 5000);
  azure().Await("options that it takes");
  ExpectAnAnswerAt(5000);
}

TEST_F(RealAgent, AfterARebootTheAgentFindsEverythingAsItWas) {
  const int before = azure().Calls("enable");
  const Status rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().message;
  AwaitCalls("enable", before);
  ExpectAnAnswerAt(5000);
}

TEST_F(RealAgent, ANewCertificateOfTheTenantChangesNothing) {
  const std::string pid = vm().EnginePid();
  azure().Order({"certificate"});
  azure().Await("new tenant certificate");
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(5000);
}

TEST_F(RealAgent, AnUpdateLeavesEngineAndContainerRunning) {
  Container::Start(vm());
  ExpectUnnoticed("update", Azure::kNextZip);
  EXPECT_EQ(vm().Shell("ls -d /var/lib/waagent/Example*-*.0"),
            "/var/lib/waagent/Example.Extensions.DockerExtension-9.0.0");
  for (const char* command : {"disable", "update", "uninstall"}) EXPECT_EQ(azure().Calls(command), 1);
}

// The agent has the old version's update run for it.
TEST_F(RealAgent, ADowngradeLeavesThemRunningToo) {
  ExpectUnnoticed("downgrade", Azure::kZip);
  EXPECT_EQ(vm().Shell("ls -d /var/lib/waagent/Example*-*.0"), Vm::kFolder);
}

TEST_F(RealAgent, DisableClosesThePortAndEnableOpensItAgain) {
  const std::string container = Container::Identity(vm());
  azure().Order({"disable"});
  azure().Await("disable", "disabled");
  EXPECT_FALSE(vm().IsOpen(5000));
  azure().Order({"enable"});
  azure().Await("enabled again");
  ExpectAnAnswerAt(5000);
  EXPECT_EQ(Container::Identity(vm()), container);
}

TEST_F(RealAgent, UninstallLeavesNothing) {
  vm().Say({"/usr/bin/docker", "rm", "-f", "probed"});
  UninstallToNothing();
  EXPECT_FALSE(vm().IsOpen(5000));
}

// On Debian what an extension starts is in the agent's own cgroup, and goes with it. `restart`, since for
// `start` the agent may still be running.
TEST_F(RealAgent, AnAgentThatIsKilledDuringAnInstallDoesNotStopIt) {
  azure().OrderSettings({"add", "--zip", Azure::kZip}, 4243);
  vm().Shell(
      "for i in $(seq 300); do systemctl -q is-active 'docker-extension-*' && break; sleep 0.1; done; "
      "systemctl kill -s KILL walinuxagent && systemctl restart walinuxagent");
  EXPECT_THAT(vm().StatusText(0), HasSubstr("transitioning"));
  azure().Await("cold install, agent killed");
  ExpectAnAnswerAt(4243);
}

}  // namespace
}  // namespace dockerext
