// SPDX-License-Identifier: MIT
// Updates with a handler that records its calls: their order, their environment, and the state after each of
// them fails.
#include <chrono>
#include <filesystem>

#include "handler/base/text.hpp"
#include "tests/unit/sim/agent/simulator_fixture.hpp"

namespace dockerext::agent_simulator {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

constexpr std::string_view kGood = "[ \"$1\" = enable ] && status success \"$version serves\"\nexit 0\n";
constexpr const char* kContinues = R"(, "continueOnUpdateFailure": true)";

// Fails the verb in the file `fail` of the lib folder: "VERB VERSION CODE".
constexpr std::string_view kFailing = R"sh(
if [ -e "$base/../fail" ]; then
  read -r verb on code < "$base/../fail"
  [ "$1 $version" = "$verb $on" ] && { echo "$1 broke" >&2; exit "$code"; }
fi
[ "$1" = enable ] && status success "$version serves"
exit 0
)sh";

class UpdateTest : public AgentSimulatorTest {
 protected:
  // Enables a handler of version `from`, and sets a package of version `to` for the update.
  void InstallAndOffer(const std::string& from, const std::string& to, const std::string& more = "") {
    UsePackage(kFailing, {.version = from, .more = {}});
    ASSERT_EQ(Harness({"run"}), 0) << output_;
    ASSERT_OK(contract::RemoveTree(Path("lib/calls.txt")));
    UsePackage(kFailing, {.version = to, .more = more});
  }

  void Fail(const std::string& verb_version_code) { Put("lib/fail", verb_version_code + "\n"); }
  void Repair() { ASSERT_OK(contract::RemoveTree(Path("lib/fail"))); }

  // The environment of a verb, without the shell's own variables.
  std::vector<std::string> EnvironmentOf(const std::string& verb) const {
    std::vector<std::string> environment;
    for (const std::string& line : Split(Trim(contract::Slurp(Path("lib/" + verb + ".env"))), '\n')) {
      if (!line.starts_with("PWD=")) environment.push_back(line);
    }
    return environment;
  }

  // The environment of every command, and `more`.
  std::vector<std::string> CommandVariables(const std::string& version, const std::string& sequence,
                                            const std::vector<std::string>& more) const {
    std::vector<std::string> variables = {
        "AZURE_GUEST_AGENT_EXTENSION_PATH=" + Version(version).Base(),
        "AZURE_GUEST_AGENT_EXTENSION_VERSION=" + version,
        "AZURE_GUEST_AGENT_WIRE_PROTOCOL_ADDRESS=168.63.129.16",
        "ConfigSequenceNumber=" + sequence,
        R"(AZURE_GUEST_AGENT_EXTENSION_SUPPORTED_FEATURES=[{"Key": "ExtensionTelemetryPipeline", "Value": "1.0"}])",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG=C.UTF-8",
        "INVOCATION_ID=0123456789abcdef0123456789abcdef",
        "JOURNAL_STREAM=8:1",
        "SYSTEMD_EXEC_PID=1",
        "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONPATH=/var/lib/waagent/WALinuxAgent-2.15.0.1/bin/WALinuxAgent-2.15.0.1-py3.9.egg",
        "_AZURE_GUEST_AGENT_DAEMON_VERSION_=2.15.0.1"};
    variables.insert(variables.end(), more.begin(), more.end());
    return variables;
  }

  std::string Report(const std::string& version) const {
    return contract::Slurp(Version(version).Config() + "/HandlerStatus");
  }
};

TEST_F(UpdateTest, UpgradesInTheAgentsOrder) {
  InstallAndOffer("1.0.0", "1.10.0");
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_EQ(VersionedCalls(),
            "disable 0 1.0.0\nupdate 0 1.10.0\nuninstall 0 1.0.0\ninstall 0 1.10.0\nenable 0 1.10.0\n");
  EXPECT_FALSE(contract::Exists(Version("1.0.0").Base()));
  EXPECT_EQ(State(Version("1.10.0")), "Enabled");
  EXPECT_THAT(output_, AllOf(HasSubstr("upgrade"), HasSubstr("1.0.0 -> 1.10.0"),
                             HasSubstr("verdict: success: 1.10.0 serves")));
}

TEST_F(UpdateTest, EveryCommandOfAnUpgradeGetsOnlyTheAgentsVariables) {
  InstallAndOffer("1.0.0", "2.0.0");
  ASSERT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_THAT(EnvironmentOf("disable"), UnorderedElementsAreArray(CommandVariables("1.0.0", "0", {})));
  EXPECT_THAT(EnvironmentOf("update"), UnorderedElementsAreArray(CommandVariables(
                                           "2.0.0", "0",
                                           {"VERSION=2.0.0", "AZURE_GUEST_AGENT_UPDATING_FROM_VERSION=1.0.0",
                                            "AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=0"})));
  EXPECT_THAT(EnvironmentOf("uninstall"), UnorderedElementsAreArray(CommandVariables("1.0.0", "0", {})));
  const std::vector<std::string> code = {"AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE=0"};
  EXPECT_THAT(EnvironmentOf("install"), UnorderedElementsAreArray(CommandVariables("2.0.0", "0", code)));
  EXPECT_THAT(EnvironmentOf("enable"), UnorderedElementsAreArray(CommandVariables("2.0.0", "0", code)));
}

TEST_F(UpdateTest, ADowngradeCallsTheOldVersionsUpdateAndPassesTheTargetTwice) {
  InstallAndOffer("2.0.0", "1.0.0");
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_EQ(VersionedCalls(),
            "disable 0 2.0.0\nupdate 0 2.0.0\nuninstall 0 2.0.0\ninstall 0 1.0.0\nenable 0 1.0.0\n");
  EXPECT_THAT(EnvironmentOf("update"), UnorderedElementsAreArray(CommandVariables(
                                           "2.0.0", "0",
                                           {"VERSION=1.0.0", "AZURE_GUEST_AGENT_UPDATING_FROM_VERSION=1.0.0",
                                            "AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=0"})));
  EXPECT_FALSE(contract::Exists(Version("2.0.0").Base()));
}

TEST_F(UpdateTest, TheNewFolderIsCompleteBeforeTheOldDisable) {
  UsePackage(
      std::string("[ \"$1\" = disable ] && (cd \"$base/..\" && cat Nobody.Fake-2.0.0/config/HandlerState > "
                  "state && cp Nobody.Fake-2.0.0/config/0.settings Nobody.Fake-2.0.0/HandlerManifest.json "
                  "Nobody.Fake-2.0.0/HandlerEnvironment.json .)\n") +
      std::string(kGood));
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  UsePackage(kGood, {.version = "2.0.0"});
  ASSERT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_EQ(contract::Slurp(Path("lib/state")), "NotInstalled");
  EXPECT_EQ(contract::Slurp(Path("lib/HandlerEnvironment.json")),
            contract::RenderEnvironment(Version("2.0.0")));
  EXPECT_THAT(contract::Slurp(Path("lib/HandlerManifest.json")), HasSubstr("updateCommand"));
  EXPECT_EQ(contract::Slurp(Path("lib/0.settings")), contract::Slurp(Version("2.0.0").SettingsFile(0)));
}

TEST_F(UpdateTest, OnlyMrseqAndStatusFilesAreCarriedOverWithTheirTimes) {
  InstallAndOffer("1.0.0", "2.0.0");
  const std::string old = "lib/Nobody.Fake-1.0.0/";
  Put(old + "mrseq", "0");
  Put(old + "own.dat", "gone");
  Put(old + "config/7.settings.bak", "gone");
  Put(old + "status/other.status", "carried");
  Put(old + "status/folder/x", "gone");
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(48);
  std::filesystem::last_write_time(Path(old + "mrseq"), long_ago);
  ASSERT_EQ(Harness({"update"}), 0) << output_;
  const std::string base = Version("2.0.0").Base();
  EXPECT_EQ(contract::Slurp(base + "/mrseq"), "0");
  EXPECT_LT(std::filesystem::last_write_time(base + "/mrseq"), long_ago + std::chrono::seconds(2));
  EXPECT_EQ(contract::Slurp(base + "/status/other.status"), "carried");
  EXPECT_THAT(contract::NamesIn(base + "/status"), ElementsAre("0.status", "other.status"));
  EXPECT_THAT(contract::NamesIn(base + "/config"),
              ElementsAre("0.settings", "HandlerState", "HandlerStatus"));
  EXPECT_FALSE(contract::Exists(base + "/own.dat"));
}

TEST_F(UpdateTest, OldCommandsGetTheNewSequenceNumberWithoutItsSettingsFile) {
  InstallAndOffer("1.0.0", "2.0.0");
  Put("other.json", R"({"a":2})");
  ASSERT_EQ(Harness({"update", "--public", Path("other.json"), "--no-protected"}), 0) << output_;
  EXPECT_EQ(VersionedCalls(),
            "disable 1 1.0.0\nupdate 1 2.0.0\nuninstall 1 1.0.0\ninstall 1 2.0.0\nenable 1 2.0.0\n");
  EXPECT_THAT(contract::NamesIn(Version("2.0.0").Config()),
              ElementsAre("1.settings", "HandlerState", "HandlerStatus"));
}

TEST_F(UpdateTest, ADisabledHandlerIsNotDisabledAgainAndUpdateGetsNone) {
  InstallAndOffer("1.0.0", "2.0.0");
  ASSERT_EQ(Harness({"disable"}), 0) << output_;
  ASSERT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_EQ(Calls(), "disable 0\nupdate 0\nuninstall 0\ninstall 0\nenable 0\n");
  EXPECT_THAT(EnvironmentOf("update"), testing::Contains("AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=None"));
}

TEST_F(UpdateTest, WithAnotherUpdateModeNothingIsInstalled) {
  InstallAndOffer("1.0.0", "2.0.0", R"(, "updateMode": "UpdateWithoutInstall")");
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_EQ(Calls(), "disable 0\nupdate 0\nuninstall 0\nenable 0\n");
}

TEST_F(UpdateTest, AFailingOldDisableStopsTheUpdateFirst) {
  InstallAndOffer("1.0.0", "2.0.0");
  Fail("disable 1.0.0 7");
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(Calls(), "disable 0\n");
  EXPECT_EQ(State(Version("1.0.0")), "Enabled");
  EXPECT_EQ(State(Version("2.0.0")), "NotInstalled");
  EXPECT_THAT(contract::NamesIn(Version("2.0.0").StatusFolder()), ElementsAre());
  EXPECT_THAT(Report("2.0.0"),
              AllOf(HasSubstr(R"("NotReady", "code": 1008)"),
                    HasSubstr("[ExtensionUpdateError] [ExtensionOperationError] Non-zero exit code: 7, "),
                    HasSubstr("disable broke"), HasSubstr("; ContinueOnUpdate: False")));
  EXPECT_THAT(output_, AllOf(HasSubstr("NotReady 1008"), HasSubstr("1.0.0 stays enabled")));
  Repair();
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_EQ(Calls(), "disable 0\ndisable 0\nupdate 0\nuninstall 0\ninstall 0\nenable 0\n");
}

TEST_F(UpdateTest, ContinueOnUpdateFailurePassesTheOldExitCodesOn) {
  InstallAndOffer("1.0.0", "2.0.0", kContinues);
  Fail("disable 1.0.0 7");
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_THAT(EnvironmentOf("update"), testing::Contains("AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=7"));
  EXPECT_THAT(output_, AllOf(HasSubstr("continues"), HasSubstr("disable failed (exit 7)")));
  InstallAndOffer("2.0.0", "3.0.0", kContinues);
  Fail("uninstall 2.0.0 9");
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_THAT(EnvironmentOf("enable"), testing::Contains("AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE=9"));
  EXPECT_THAT(EnvironmentOf("install"), testing::Contains("AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE=9"));
  EXPECT_FALSE(contract::Exists(Version("2.0.0").Base()));
}

TEST_F(UpdateTest, AKilledOldDisableIsPassedOnAsTheAgentsErrorCode) {
  UsePackage("[ \"$1\" = disable ] && sleep 60\n" + std::string(kGood));
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  UsePackage(kGood, {.version = "2.0.0", .more = kContinues});
  scale_ = "0.001";
  EXPECT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_THAT(EnvironmentOf("update"), testing::Contains("AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=1011"));
}

TEST_F(UpdateTest, AFailingUpdateLeavesTheOldVersionDisabledAndTheNewOneFailed) {
  InstallAndOffer("1.0.0", "2.0.0", kContinues);
  Fail("update 2.0.0 4");
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(Calls(), "disable 0\nupdate 0\n");
  EXPECT_EQ(State(Version("1.0.0")), "Installed");
  EXPECT_EQ(State(Version("2.0.0")), "FailedUpgrade");
  EXPECT_THAT(Report("2.0.0"), HasSubstr(R"("NotReady", "code": 1008)"));
  // The old success status is reported too, since its file was copied before.
  EXPECT_THAT(output_, AllOf(HasSubstr("NotReady 1008"), HasSubstr("success 0      1.0.0 serves")));
}

TEST_F(UpdateTest, AfterAFailedUpgradeTheNextOneSkipsDisableAndEnableReturnsToTheOldVersion) {
  InstallAndOffer("1.0.0", "2.0.0");
  Fail("update 2.0.0 4");
  ASSERT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(Harness({"enable"}), 0) << output_;
  EXPECT_EQ(State(Version("1.0.0")), "Enabled");
  EXPECT_EQ(Harness({"disable"}), 0) << output_;
  Repair();
  ASSERT_EQ(Harness({"update"}), 0) << output_;
  EXPECT_THAT(EnvironmentOf("update"), testing::Contains("AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=None"));
  EXPECT_EQ(Calls(),
            "disable 0\nupdate 0\nenable 0\ndisable 0\nupdate 0\nuninstall 0\ninstall 0\nenable 0\n");
}

TEST_F(UpdateTest, UninstallAfterAFailedUpgradeCallsTheOldVersionAndRemovesBoth) {
  InstallAndOffer("1.0.0", "2.0.0");
  Fail("update 2.0.0 4");
  ASSERT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(Harness({"uninstall"}), 0) << output_;
  EXPECT_EQ(VersionedCalls(), "disable 0 1.0.0\nupdate 0 2.0.0\nuninstall 0 1.0.0\n");
  EXPECT_FALSE(contract::Exists(Version("1.0.0").Base()));
  EXPECT_FALSE(contract::Exists(Version("2.0.0").Base()));
  EXPECT_THAT(output_, HasSubstr("agent reports         nothing"));
}

TEST_F(UpdateTest, AFailingDowngradeFailsTheOldVersionAndTheNextGoalStateInstallsAnew) {
  InstallAndOffer("2.0.0", "1.0.0");
  Fail("update 2.0.0 4");
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(State(Version("2.0.0")), "FailedUpgrade");
  EXPECT_EQ(State(Version("1.0.0")), "NotInstalled");
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(VersionedCalls(), "disable 0 2.0.0\nupdate 0 2.0.0\ninstall 0 1.0.0\nenable 0 1.0.0\n");
  EXPECT_TRUE(contract::Exists(Version("2.0.0").Base()));
}

TEST_F(UpdateTest, AFailingOldUninstallStopsTheUpdateAndKeepsBothFolders) {
  InstallAndOffer("1.0.0", "2.0.0");
  Fail("uninstall 1.0.0 5");
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(Calls(), "disable 0\nupdate 0\nuninstall 0\n");
  EXPECT_EQ(State(Version("1.0.0")), "Installed");
  EXPECT_EQ(State(Version("2.0.0")), "NotInstalled");
  EXPECT_THAT(Report("2.0.0"), HasSubstr(R"("NotReady", "code": 1008)"));
}

TEST_F(UpdateTest, AFailingInstallLeavesNoVersionInstalled) {
  InstallAndOffer("1.0.0", "2.0.0");
  Fail("install 2.0.0 6");
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_FALSE(contract::Exists(Version("1.0.0").Base()));
  EXPECT_EQ(State(Version("2.0.0")), "NotInstalled");
  EXPECT_THAT(Report("2.0.0"), HasSubstr(R"("NotReady", "code": 1007)"));
  EXPECT_THAT(output_, HasSubstr("`handler-harness run` installs the new one again"));
  Repair();
  EXPECT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_THAT(EnvironmentOf("install"),
              testing::Contains("AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE=NOT_RUN"));
}

TEST_F(UpdateTest, AFailingEnableLeavesTheNewVersionInstalled) {
  InstallAndOffer("1.0.0", "2.0.0");
  Fail("enable 2.0.0 53");
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_EQ(State(Version("2.0.0")), "Installed");
  EXPECT_THAT(output_, AllOf(HasSubstr("NotReady 1009"),
                             HasSubstr("53: the settings are wrong; correct what the message names")));
}

TEST_F(UpdateTest, AMissingCommandStopsTheUpdateWhateverTheManifestTolerates) {
  UsePackage(kGood, {.version = "1.0.0", .more = R"(, "disableCommand": null)"});
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  UsePackage(kGood, {.version = "2.0.0", .more = kContinues});
  EXPECT_EQ(Harness({"update"}), 3) << output_;
  EXPECT_THAT(Report("2.0.0"), HasSubstr(R"("NotReady", "code": -1, "message": "'disableCommand'")"));
  EXPECT_EQ(State(Version("1.0.0")), "Enabled");
}

TEST_F(UpdateTest, ADamagedZipLeavesTheOldVersionUntouched) {
  InstallAndOffer("1.0.0", "2.0.0");
  std::string bytes = contract::Slurp(Path("x.zip"));
  bytes[bytes.find("status()")] = 'S';
  Put("x.zip", bytes);
  EXPECT_EQ(Harness({"update"}), 1) << output_;
  EXPECT_THAT(output_, HasSubstr("wrong checksum"));
  EXPECT_FALSE(contract::Exists(Path("lib/calls.txt")));
  EXPECT_FALSE(contract::Exists(Version("2.0.0").Base()));
  EXPECT_EQ(State(Version("1.0.0")), "Enabled");
}

TEST_F(UpdateTest, RejectsAnImpossibleUpdate) {
  UsePackage(kGood);
  EXPECT_EQ(Harness({"update"}), 2);
  EXPECT_THAT(output_, HasSubstr("no version of Nobody.Fake is installed"));
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"update"}), 2);
  EXPECT_THAT(output_, HasSubstr("version 1.0.0 is already installed"));
  EXPECT_EQ(Harness({"update", "--version", "next"}), 2);
  EXPECT_THAT(output_, HasSubstr("the version 'next' cannot be compared"));
  EXPECT_EQ(State(), "Enabled");
}

TEST_F(UpdateTest, TheSamePackageUnderAnotherVersionIsAnUpdate) {
  UsePackage(kGood);
  ASSERT_EQ(Harness({"run"}), 0) << output_;
  EXPECT_EQ(Harness({"update", "--version", "1.0.1"}), 0) << output_;
  EXPECT_EQ(State(Version("1.0.1")), "Enabled");
}

TEST_F(UpdateTest, KeepMovesTheOldFolderAside) {
  InstallAndOffer("1.0.0", "2.0.0");
  ASSERT_EQ(Harness({"update", "--keep"}), 0) << output_;
  EXPECT_FALSE(contract::Exists(Version("1.0.0").Base()));
  EXPECT_EQ(contract::Slurp(Path("lib.kept/Nobody.Fake-1.0.0/config/HandlerState")), "Installed");
  EXPECT_EQ(contract::ModeOf(Path("lib.kept")), 0040700U);
  ASSERT_EQ(Harness({"uninstall", "--keep"}), 0) << output_;
  EXPECT_TRUE(contract::Exists(Path("lib.kept/Nobody.Fake-2.0.0/HandlerManifest.json")));
}

}  // namespace
}  // namespace dockerext::agent_simulator
