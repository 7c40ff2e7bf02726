// SPDX-License-Identifier: MIT
// The main scenario as in Azure: the real Linux agent, from the distribution's package, downloads the
// packaged ZIP from the fabric and calls its commands. The tests share a VM and run in order, through the
// life cycle of an extension.
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
  static void ExpectNoRestart(const std::string& step, const char* zip) {
    const std::string container = Container::Identity(vm());
    const std::string pid = vm().EnginePid();
    azure().Request({"update", "--zip", zip});
    azure().Await(step);
    EXPECT_EQ(Container::Identity(vm()), container);
    EXPECT_EQ(vm().EnginePid(), pid);
    ExpectAnAnswerAt(5000);
  }
};

TEST_F(RealAgent, AFirstInstallAnswersAClientOnAnotherHost) {
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure().Await("cold install");
  ExpectAnAnswerAt(4243);
  EXPECT_EQ(azure().Calls("install"), 1);
  EXPECT_EQ(azure().Calls("enable"), 1);
  EXPECT_THAT(azure().Reported(), AllOf(HasSubstr("installed docker.io"), HasSubstr(" with apt")));
}

// The agent runs commands in a systemd scope or in its own service; dockerd has to run in neither. On cgroup
// v2 only Debian testing's agent uses scopes, where the distribution is Ubuntu.
TEST_F(RealAgent, DockerdRunsOutsideTheCgroupOfTheAgent) {
  const std::string release = Variable("DX_RELEASE");
  const bool has_v1 = vm().Exec({"/usr/bin/test", "-e", "/sys/fs/cgroup/cgroup.controllers"}).exit_code != 0;
  const bool uses_scopes =
      release == "forky_ubuntu" || (has_v1 && (release == "bullseye" || release == "ubuntu"));
  const std::string scopes =
      vm().Shell("grep -cE 'Started extension (in unit|using scope)' /var/log/waagent.log || true");
  EXPECT_EQ(scopes, uses_scopes ? "2" : "0");
  EXPECT_EQ(vm().Shell("systemctl list-units --all --plain --no-legend 'install_*.scope' 'enable_*.scope' "
                       "'Example.*.scope'"),
            "");
  EXPECT_EQ(vm().Run({"/usr/bin/systemctl", "show", "--value", "-p", "ControlGroup", "docker"}),
            "/system.slice/docker.service");
}

TEST_F(RealAgent, ARepeatedGoalStateChangesNothing) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const std::string status = vm().StatusText(0);
  azure().Request({"again"});
  azure().Await("no-op");
  EXPECT_EQ(azure().Calls("enable"), 2);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  EXPECT_EQ(vm().StatusText(0), status);
}

TEST_F(RealAgent, ARestartOfTheAgentChangesNothing) {
  const std::string pid = vm().EnginePid();
  const int before = azure().Calls("enable");
  vm().Run({"/usr/bin/systemctl", "restart", "walinuxagent"});
  AwaitCalls("enable", before);
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(4243);
}

TEST_F(RealAgent, NewSettingsInTheNewerCipherChangeThePort) {
  azure().RequestSettings({"settings", "--cipher", "aes-256-cbc"}, 5000);
  azure().Await("changed port");
  ExpectAnAnswerAt(5000);
  EXPECT_FALSE(vm().IsOpen(4243));
}

TEST_F(RealAgent, InvalidSettingsAreReportedAndTheOldOnesStayInForce) {
  const std::string pid = vm().EnginePid();
  azure().RequestSettings({"settings"}, 0);
  azure().Await("invalid settings", "error");
  EXPECT_THAT(azure().Reported(), HasSubstr("publicSettings.docker.port"));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(5000);
  azure().RequestSettings({"settings"}, 5000);
  azure().Await("valid settings again");
  EXPECT_EQ(vm().EnginePid(), pid);
}

// dockerd --validate exists from 23.0 on; earlier versions show the error only at a restart, which is rolled
// back.
TEST_F(RealAgent, AnOptionThatDockerdRejectsIsReportedAndTheOldOnesStayInForce) {
  const std::string pid = vm().EnginePid();
  Write("/root/options.json", R"({"docker": {"port": "5000", "options": ["--log-level=nonsense"]}})");
  azure().Request({"settings", "--public", "/root/options.json", "--protected", Azure::kProtected});
  azure().Await("option that dockerd rejects", "error");
  EXPECT_THAT(azure().Reported(), HasSubstr("nonsense"));
  ExpectAnAnswerAt(5000);
  const bool can_validate =
      vm().Exec({"/bin/sh", "-c", "dockerd --help | grep -q -e --validate"}).exit_code == 0;
  EXPECT_EQ(vm().EnginePid() == pid, can_validate);
  azure().RequestSettings({"settings"}, 5000);
  azure().Await("valid options again");
  ExpectAnAnswerAt(5000);
}

TEST_F(RealAgent, RemoteAccessSurvivesAReboot) {
  const int before = azure().Calls("enable");
  const Status rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  AwaitCalls("enable", before);
  ExpectAnAnswerAt(5000);
}

TEST_F(RealAgent, ANewCertificateOfTheTenantChangesNothing) {
  const std::string pid = vm().EnginePid();
  azure().Request({"certificate"});
  azure().Await("new tenant certificate");
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectAnAnswerAt(5000);
}

TEST_F(RealAgent, AnUpdateLeavesEngineAndContainerRunning) {
  Container::Start(vm());
  ExpectNoRestart("update", Azure::kNextZip);
  EXPECT_EQ(vm().Shell("ls -d /var/lib/waagent/Example*-*.0"),
            "/var/lib/waagent/Example.Extensions.DockerExtension-9.0.0");
  for (const char* command : {"disable", "update", "uninstall"}) EXPECT_EQ(azure().Calls(command), 1);
}

// For a downgrade the agent calls update of the version that is being replaced.
TEST_F(RealAgent, ADowngradeLeavesThemRunning) {
  ExpectNoRestart("downgrade", Azure::kZip);
  EXPECT_EQ(vm().Shell("ls -d /var/lib/waagent/Example*-*.0"), Vm::kFolder);
}

TEST_F(RealAgent, DisableClosesThePortAndEnableOpensItAgain) {
  const std::string container = Container::Identity(vm());
  azure().Request({"disable"});
  azure().Await("disable", "disabled");
  EXPECT_FALSE(vm().IsOpen(5000));
  azure().Request({"enable"});
  azure().Await("enabled again");
  ExpectAnAnswerAt(5000);
  EXPECT_EQ(Container::Identity(vm()), container);
}

TEST_F(RealAgent, UninstallLeavesNothing) {
  vm().Run({"/usr/bin/docker", "rm", "-f", "probed"});
  UninstallAndExpectNothingLeft();
  EXPECT_FALSE(vm().IsOpen(5000));
}

// On Debian the processes of an extension are in the agent's cgroup and are killed with it. `restart`, since
// `start` does nothing while the agent is still running.
TEST_F(RealAgent, AnAgentThatIsKilledDuringAnInstallDoesNotStopIt) {
  azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  vm().Shell(
      "for i in $(seq 1200); do systemctl -q is-active 'docker-extension-*' && break; sleep 0.1; done; "
      "systemctl kill -s KILL walinuxagent && systemctl restart walinuxagent");
  EXPECT_THAT(vm().StatusText(0), HasSubstr("transitioning"));
  azure().Await("cold install, agent killed");
  ExpectAnAnswerAt(4243);
}

}  // namespace
}  // namespace dockerext
