// SPDX-License-Identifier: MIT
// The last part of the harness's output: the agent's report, hints, and the document of --json.
#include <filesystem>

#include "handler/base/text.hpp"
#include "tests/sim/agent/agent_report.hpp"
#include "tests/sim/agent/debugger.hpp"
#include "tests/sim/agent/hints.hpp"
#include "tests/sim/contract/status_reader.hpp"
#include "tests/sim/contract/versions.hpp"
#include "tests/unit/sim/agent/simulator_fixture.hpp"

namespace dockerext::agent_simulator {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kGood = "[ \"$1\" = enable ] && status success fine\nexit 0\n";

class ReportTest : public AgentSimulatorTest {
 protected:
  contract::Json ReportNow() { return CollectReport(layout_, {}).handler; }

  contract::Json Document() {
    const auto document = contract::ParseJson(out_);
    EXPECT_TRUE(document) << out_;
    return document ? *document : contract::Json::object();
  }
};

TEST_F(ReportTest, IsTheElementThatTheAgentUploads) {
  UsePackage(kGood);
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  contract::Json report = ReportNow();
  contract::Json& settings = report["runtimeSettingsStatus"]["settingsStatus"];
  EXPECT_TRUE(settings["timestampUTC"].is_string());
  settings.erase("timestampUTC");
  EXPECT_EQ(
      contract::DumpAsPython(report),
      R"({"handlerVersion": "1.0.0", "handlerName": "Nobody.Fake", "status": "Ready", "code": 0, )"
      R"("useExactVersion": true, "formattedMessage": {"lang": "en-US", "message": "Plugin enabled"}, )"
      R"("runtimeSettingsStatus": {"settingsStatus": {"status": {"name": "Nobody.Fake", )"
      R"("configurationAppliedTime": null, "operation": null, "status": "success", "code": 0, )"
      R"("formattedMessage": {"lang": "en-US", "message": "fine"}, "substatus": [{"name": "packages", )"
      R"("status": "success", "code": 0, "formattedMessage": {"lang": "en-US", "message": "docker.io"}}]}, )"
      R"("version": 1.0}, "sequenceNumber": 0}})");
}

TEST_F(ReportTest, AFailedInstallHidesTheStatusFile) {
  UsePackage("status error 'not here' 51\n[ \"$1\" = install ] && exit 51\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 3) << output_;
  const contract::Json report = ReportNow();
  EXPECT_EQ(report["status"], "NotReady");
  EXPECT_EQ(report["code"], 1007);
  EXPECT_FALSE(report.contains("runtimeSettingsStatus"));
}

TEST_F(ReportTest, IsTransitioningWithoutAStatusFile) {
  UsePackage("[ \"$1\" = enable ] && exit 1\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 3) << output_;
  const contract::Json status = ReportNow()["runtimeSettingsStatus"]["settingsStatus"]["status"];
  EXPECT_EQ(status["status"], "transitioning");
  EXPECT_THAT(contract::DumpAsPython(status),
              HasSubstr("since no status file was reported by extension Nobody.Fake"));
}

TEST_F(ReportTest, IsNothingForTheWholeVmWhenTheAgentsReaderThrows) {
  UsePackage("[ \"$1\" = enable ] && echo '[null]' > \"$base/status/0.status\"\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 5) << output_;
  EXPECT_TRUE(ReportNow().is_null());
  EXPECT_THAT(output_, HasSubstr("agent reports         nothing"));
}

TEST_F(ReportTest, WithoutSettingsThereIsNoExtensionStatus) {
  UsePackage(kGood);
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  Put("lib/Nobody.Fake-1.0.0/config/0.settings", "");
  EXPECT_FALSE(ReportNow().contains("runtimeSettingsStatus"));
}

TEST_F(ReportTest, AHeartbeatOverridesTheHandlerStatusUntilItIsStale) {
  UsePackage(kGood, {.more = R"(, "reportHeartbeat": true)"});
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(ReportNow()["status"], "NotReady");
  EXPECT_THAT(contract::DumpAsPython(ReportNow()), HasSubstr("Failed to get heart beat file"));
  const std::string file =
      Put("lib/Nobody.Fake-1.0.0/heartbeat.log",
          R"([{"heartbeat": {"status": "ready", "formattedMessage": {"lang": "en", "message": "alive"}}}])");
  EXPECT_EQ(ReportNow()["status"], "ready");  // verbatim
  EXPECT_THAT(contract::DumpAsPython(ReportNow()), HasSubstr("alive"));
  std::filesystem::last_write_time(file,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::minutes(11));
  EXPECT_EQ(ReportNow()["status"], "Unresponsive");
  Put("lib/Nobody.Fake-1.0.0/heartbeat.log", "[{");
  EXPECT_THAT(contract::DumpAsPython(ReportNow()), HasSubstr("Malformed heartbeat file"));
}

TEST_F(ReportTest, JsonIsOneDocumentOfTheWholeRun) {
  UsePackage(
      "[ \"$1\" = enable ] || exit 0\nstatus transitioning working\n"
      "(sleep 0.5; status success ready) > /dev/null 2>&1 &\necho said\n");
  ASSERT_EQ(Harness({"run", "--json"}), 0) << output_;
  const contract::Json document = Document();
  EXPECT_EQ(document["verb"], "run");
  EXPECT_EQ(document["handler"]["version"], "1.0.0");
  EXPECT_EQ(document["verdict"], "success");
  EXPECT_EQ(document["exitCode"], 0);
  ASSERT_EQ(document["calls"].size(), 2U);
  const contract::Json& enable = document["calls"][1];
  EXPECT_EQ(enable["verb"], "enable");
  EXPECT_EQ(enable["exitCode"], 0);
  EXPECT_EQ(enable["timedOut"], false);
  EXPECT_EQ(enable["environment"]["AZURE_GUEST_AGENT_EXTENSION_VERSION"], "1.0.0");
  EXPECT_EQ(enable["environment"]["AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE"], "NOT_RUN");
  EXPECT_FALSE(enable["environment"].contains("PATH"));
  EXPECT_EQ(enable["output"], "[stdout]\nsaid\n\n\n[stderr]\n");
  ASSERT_EQ(document["statuses"].size(), 2U);
  EXPECT_EQ(document["statuses"][0]["status"], "transitioning");
  EXPECT_EQ(document["statuses"][1]["substatus"][0]["name"], "packages");
  EXPECT_EQ(document["report"]["status"], "Ready");
  EXPECT_FALSE(document.contains("hints"));
  EXPECT_THAT(output_, HasSubstr("verdict: success: ready"));  // the text output, on stderr
  EXPECT_THAT(out_, Not(HasSubstr("verdict: success")));
}

TEST_F(ReportTest, AFailureShowsTheLogAndAKnownCause) {
  UsePackage(
      "mkdir -p \"$base/../../log/Nobody.Fake\"\n"
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo \"line $i\"; done > "
      "\"$base/../../log/Nobody.Fake/own.log\"\n"
      "[ \"$1\" = enable ] || exit 0\nstatus error 'bad port' 53\nexit 53\n");
  EXPECT_EQ(Harness({"run", "--json"}), 3) << output_;
  const contract::Json hints = Document()["hints"];
  EXPECT_THAT(hints["log"]["file"].get<std::string>(), HasSubstr("log/Nobody.Fake/own.log"));
  EXPECT_THAT(hints["log"]["end"].get<std::string>(), AllOf(HasSubstr("line 2\n"), HasSubstr("line 13")));
  EXPECT_THAT(hints["log"]["end"].get<std::string>(), Not(HasSubstr("line 1\n")));
  EXPECT_THAT(hints["causes"].dump(),
              HasSubstr("53: the settings are wrong; correct what the message names"));
  EXPECT_THAT(output_, AllOf(HasSubstr("hint"), HasSubstr("line 13")));
}

TEST_F(ReportTest, HintsAtTheCauseOfShellExitCodes) {
  UsePackage("[ \"$1\" = enable ] && exit 127\nexit 0\n");
  EXPECT_EQ(Harness({"run"}), 3);
  EXPECT_THAT(output_, HasSubstr("127: no such program"));
}

TEST_F(ReportTest, HintsAtBackgroundWorkWhenACommandIsKilled) {
  UsePackage("[ \"$1\" = enable ] && sleep 60\nexit 0\n");
  scale_ = "0.001";
  EXPECT_EQ(Harness({"run"}), 6);
  EXPECT_THAT(output_, HasSubstr("move long work to a background process"));
}

TEST_F(ReportTest, SettingsAlwaysGetANewNumberAndEnableRepeatsTheLast) {
  UsePackage(kGood);
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"settings", "--public", Path("public.json"), "--no-protected"}), 0) << output_;
  EXPECT_EQ(Harness({"enable"}), 0) << output_;
  EXPECT_EQ(Harness({"enable", "--public", Path("public.json"), "--no-protected"}), 0) << output_;
  Put("public.json", R"({"a":2})");
  EXPECT_EQ(Harness({"enable", "--public", Path("public.json"), "--no-protected"}), 0) << output_;
  EXPECT_EQ(Calls(), "install 0\nenable 0\nenable 1\nenable 1\nenable 1\nenable 2\n");
}

const Launch kLaunch = {
    .line = "/lib/x/bin/handler enable", .folder = "/lib/x", .environment = {"A=1"}, .limit = {}};

TEST(Debugger, GetsTheProgramFolderAndEnvironmentOfTheAgentsCall) {
  const auto argv = DebuggerCommand("/usr/bin/gdb", kLaunch, {.command = "enable", .listen = ""});
  EXPECT_EQ(argv.front(), "/usr/bin/gdb");
  const std::vector<std::string> debuggee(argv.end() - 7, argv.end());
  EXPECT_THAT(debuggee, ElementsAre("/usr/bin/env", "-i", "--chdir=/lib/x", "A=1", "/bin/sh", "-c",
                                    "exec /lib/x/bin/handler enable"));
}

TEST(Debugger, GdbserverListensAtTheGivenAddress) {
  const auto argv =
      DebuggerCommand("/usr/bin/gdbserver", kLaunch, {.command = "enable", .listen = "localhost:2345"});
  EXPECT_THAT(argv, Contains("localhost:2345"));
}

}  // namespace
}  // namespace dockerext::agent_simulator
