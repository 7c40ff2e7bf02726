// SPDX-License-Identifier: MIT
#include "tests/sim/agent/agent_simulator.hpp"

#include <sstream>

#include "tests/sim/agent/handler_folder.hpp"
#include "tests/sim/agent/session.hpp"
#include "tests/unit/sim/agent/simulator_fixture.hpp"

namespace dockerext::agent_simulator {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(AgentSimulatorTest, RunInstallsEnablesAndFollowsToSuccess) {
  UsePackage(R"sh(
[ "$1" = enable ] || exit 0
status transitioning working
(sleep 0.5; status success ready) > /dev/null 2>&1 &
)sh");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Calls(), "install 0\nenable 0\n");
  EXPECT_EQ(State(), "Enabled");
  EXPECT_THAT(output_, AllOf(HasSubstr("transitioning"), HasSubstr("packages"), HasSubstr("docker.io"),
                             HasSubstr("verdict: success: ready")));
  EXPECT_THAT(contract::Slurp(layout_.Config() + "/HandlerStatus"),
              HasSubstr(R"("status": "Ready", "code": 0)"));
  EXPECT_THAT(contract::Slurp(layout_.Logs() + "/CommandExecution.log"),
              HasSubstr("Command: bin/handler enable"));
  EXPECT_EQ(contract::Slurp(layout_.SettingsFile(0)),
            R"({"runtimeSettings": [{"handlerSettings": {"publicSettings": {"a": 1}, )"
            R"("protectedSettings": null, "protectedSettingsCertThumbprint": null}}]})");
}

TEST_F(AgentSimulatorTest, CommandExecutionLogExistsBeforeTheFirstCommand) {
  UsePackage("test -e '" + layout_.Logs() +
             "/CommandExecution.log' || exit 1\n[ \"$1\" = enable ] && status success fine\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
}

TEST_F(AgentSimulatorTest, RunFollowsToError) {
  UsePackage(R"sh(
[ "$1" = enable ] || exit 0
status transitioning working
(sleep 0.3; status error 'the port is in use' 53) > /dev/null 2>&1 &
)sh");
  EXPECT_EQ(Harness({"run"}), 4) << output_;
  EXPECT_THAT(output_, HasSubstr("verdict: FAILED: the status is error 53: the port is in use"));
  EXPECT_EQ(State(), "Enabled");  // since enable returned 0
}

TEST_F(AgentSimulatorTest, AFailingEnableWithAStatusReportsBoth) {
  UsePackage("[ \"$1\" = enable ] || exit 0\nstatus error 'bad settings' 53\necho wrong >&2\nexit 53\n");
  EXPECT_EQ(Harness({"run"}), 3) << output_;
  EXPECT_THAT(output_,
              AllOf(HasSubstr("NotReady 1009"), HasSubstr("Non-zero exit code: 53, "),
                    HasSubstr("/bin/handler enable"), HasSubstr("wrong"),
                    HasSubstr("enable failed (exit 53); the agent reports the status file: error 53: "
                              "bad settings")));
  EXPECT_EQ(State(), "Installed");
}

TEST_F(AgentSimulatorTest, AFailingEnableWithoutAStatusWarnsThatAzureWouldWait) {
  UsePackage("[ \"$1\" = enable ] && exit 1\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 3) << output_;
  EXPECT_THAT(output_, HasSubstr("90 minutes"));
}

TEST_F(AgentSimulatorTest, AHandlerThatWritesNoStatusTimesOut) {
  UsePackage("exit 0\n");
  EXPECT_EQ(Harness({"run", "--wait", "0.3"}), 6) << output_;
  EXPECT_THAT(output_, HasSubstr("no status file after 0.3 s"));
}

TEST_F(AgentSimulatorTest, AStatusThatTheAgentCannotReadFails) {
  UsePackage("[ \"$1\" = enable ] && echo '[null]' > \"$base/status/0.status\"\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 5) << output_;
  EXPECT_THAT(output_, HasSubstr("the whole VM would stop reporting"));
}

TEST_F(AgentSimulatorTest, AHalfWrittenStatusIsReadAgain) {
  UsePackage(R"sh(
[ "$1" = enable ] || exit 0
printf '[{"status":' > "$base/status/0.status"
(sleep 0.3; status success whole) > /dev/null 2>&1 &
)sh");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_THAT(output_, Not(HasSubstr("1012")));
}

TEST_F(AgentSimulatorTest, AStatusThatStaysHalfWrittenIsError1012) {
  UsePackage("[ \"$1\" = enable ] && printf '[{' > \"$base/status/0.status\"\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 5) << output_;
  EXPECT_THAT(output_, HasSubstr("invalid, reported as error 1012"));
}

TEST_F(AgentSimulatorTest, ACommandOverItsLimitIsKilled) {
  UsePackage("sleep 60\n");
  scale_ = "0.001";
  EXPECT_EQ(Harness({"run"}), 6) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("NotReady 1011"), HasSubstr("Timeout(0.9): "),
                             HasSubstr("install was killed at its time limit")));
}

TEST_F(AgentSimulatorTest, AFailedInstallIsRetriedInTheSameFolder) {
  UsePackage("[ \"$1\" = install ] && [ ! -e \"$base/../ready\" ] && exit 9\nstatus success fine\n");
  EXPECT_EQ(Harness({"run"}), 3) << output_;
  EXPECT_THAT(output_, HasSubstr("NotReady 1007"));
  EXPECT_EQ(State(), "NotInstalled");
  Put("lib/Nobody.Fake-1.0.0/left", "over");
  Put("lib/ready", "");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Calls(), "install 0\ninstall 0\nenable 0\n");
  EXPECT_EQ(contract::Slurp(layout_.Base() + "/left"), "over");
}

TEST_F(AgentSimulatorTest, RunAgainOnlyEnables) {
  UsePackage("[ \"$1\" = enable ] && status success fine\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"enable"}), 0) << output_;
  Put("public.json", R"({"a":2})");
  EXPECT_EQ(Harness({"enable", "--public", Path("public.json"), "--no-protected"}), 0) << output_;
  EXPECT_EQ(Calls(), "install 0\nenable 0\nenable 0\nenable 0\nenable 1\n");
}

TEST_F(AgentSimulatorTest, DisableAndUninstallFollowTheState) {
  UsePackage("[ \"$1\" = enable ] && status success fine\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"disable"}), 0) << output_;
  EXPECT_EQ(State(), "Installed");
  EXPECT_EQ(Harness({"disable"}), 0) << output_;  // calls no command
  EXPECT_EQ(Harness({"enable"}), 0) << output_;
  EXPECT_EQ(Harness({"uninstall"}), 0) << output_;
  EXPECT_EQ(Calls(), "install 0\nenable 0\ndisable 0\nenable 0\ndisable 0\nuninstall 0\n");
  EXPECT_FALSE(contract::Exists(layout_.Base()));
  EXPECT_TRUE(contract::Exists(layout_.Logs()));
  EXPECT_EQ(Harness({"uninstall"}), 0) << output_;
}

TEST_F(AgentSimulatorTest, AFailingDisableBlocksUninstall) {
  UsePackage("[ \"$1\" = enable ] && status success fine\n[ \"$1\" = disable ] && exit 1\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"uninstall"}), 3) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("NotReady 1010"), HasSubstr("nothing was removed")));
  EXPECT_EQ(State(), "Enabled");
}

TEST_F(AgentSimulatorTest, AFailingUninstallIsOnlyLogged) {
  UsePackage("[ \"$1\" = enable ] && status success fine\n[ \"$1\" = uninstall ] && exit 1\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"uninstall"}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("uninstall failed (exit 1): the agent only logs that"));
  EXPECT_FALSE(contract::Exists(layout_.Base()));
}

TEST_F(AgentSimulatorTest, WithoutSettingsNoStatusIsRead) {
  UsePackage("exit 0\n");
  EXPECT_EQ(Harness({"run", "--no-settings"}), 2);  // the fixture adds documents: a contradiction
  std::ostringstream out;
  EXPECT_EQ(RunHarness({"run", "--no-settings", "--here", "--zip", Path("x.zip"), "--lib-dir", Path("lib"),
                        "--log-dir", Path("log")},
                       {}, out, out),
            0)
      << out.str();
  EXPECT_EQ(contract::Slurp(layout_.SettingsFile(0)), "");
  EXPECT_THAT(out.str(), HasSubstr("reads no status file"));
  EXPECT_EQ(Harness({"enable"}), 0) << output_;
}

TEST_F(AgentSimulatorTest, RunRejectsAnotherInstalledVersion) {
  UsePackage("exit 0\n");
  const contract::Layout older(Path("lib"), Path("log"), {"Nobody.Fake", "0.9.0"});
  ASSERT_OK(MakeHandlerFolder(older));
  ASSERT_OK(contract::WriteHandlerState(older, contract::HandlerState::kEnabled));
  EXPECT_EQ(Harness({"run"}), 2) << output_;
  EXPECT_THAT(output_, HasSubstr("Nobody.Fake 0.9.0 is installed"));
}

TEST_F(AgentSimulatorTest, GeneratesCredentialsWhenNoneAreGiven) {
  UsePackage("[ \"$1\" = enable ] && status success fine\nexit 0\n");
  std::ostringstream out;
  const std::vector<std::string> args = {"run",           "--here",       "--zip",     Path("x.zip"),
                                         "--lib-dir",     Path("lib"),    "--log-dir", Path("log"),
                                         "--credentials", Path("docker"), "--host",    "192.0.2.2"};
  EXPECT_EQ(RunHarness(args, {}, out, out), 0) << out.str();
  EXPECT_THAT(out.str(), HasSubstr("docker --tlsverify --tlscacert=" + Path("docker/ca.pem")));
  EXPECT_THAT(out.str(), HasSubstr("-H tcp://192.0.2.2:4243 info"));
  const std::string settings = contract::Slurp(layout_.SettingsFile(0));
  EXPECT_THAT(settings, HasSubstr(R"("publicSettings": {"docker": {"port": "4243"}})"));
  EXPECT_THAT(settings, Not(HasSubstr("null")));
  EXPECT_EQ(RunHarness(args, {}, out, out), 0) << out.str();
  EXPECT_EQ(Calls(),
            "install 0\nenable 0\nenable 0\n");  // the credentials, and so the settings, are unchanged
  EXPECT_THAT(out.str(), Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(AgentSimulatorTest, CommandsGetTheAgentsEnvironment) {
  UsePackage("[ \"$1\" = enable ] && status success fine\nexit 0\n");
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  const std::string environment = contract::Slurp(Path("lib/enable.env"));
  EXPECT_THAT(environment, AllOf(HasSubstr("AZURE_GUEST_AGENT_EXTENSION_PATH=" + layout_.Base() + "\n"),
                                 HasSubstr("ConfigSequenceNumber=0\n"), Not(HasSubstr("HOME="))));
}

}  // namespace
}  // namespace dockerext::agent_simulator
