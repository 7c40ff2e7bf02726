// SPDX-License-Identifier: MIT
// What others wrote into daemon.json: text that this engine refuses and has not read yet is not activated by
// the extension, text that this engine takes is accepted however odd it is, and live-restore can be given up.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Pending {
  std::string name;
  std::string text;       // of daemon.json
  std::string line = {};  // ExecStart=, if not the vendor's

  friend void PrintTo(const Pending& pending, std::ostream* out) { *out << pending.name; }
};

class PendingDaemonJson : public DockerVm, public testing::WithParamInterface<Pending> {};

TEST_P(PendingDaemonJson, ThatTheEngineWouldRefuseIsNotActivated) {
  if (!GetParam().line.empty()) OverrideExecStart(GetParam().line);
  if (!GetParam().line.empty()) vm().Run({"/usr/bin/systemctl", "restart", "docker.service"});
  Serve();
  Write(kDaemonJson, GetParam().text);
  const std::string pid = vm().EnginePid();
  const Vm::Output enable = vm().Harness({"enable", "--port", "5000"});
  EXPECT_NE(enable.exit_code, kSuccess);
  EXPECT_THAT(LastStatus(), HasSubstr(kDaemonJson));
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectServing();
  EXPECT_EQ(vm().Shell(std::string("cat ") + kDaemonJson), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Of, PendingDaemonJson,
    testing::Values(Pending{"AMirrorWithoutScheme",
                            R"({"live-restore": true, "registry-mirrors": ["mirror.example"]})"},
                    Pending{"AWrongType", R"({"live-restore": true, "debug": "yes"})"},
                    Pending{"AnUnknownGroup", R"({"live-restore": true, "group": "nosuchgroup"})",
                            "/usr/sbin/dockerd -H unix:///var/run/docker.sock "
                            "--containerd=/run/containerd/containerd.sock"}),
    [](const auto& chosen) { return chosen.param.name; });

class PendingUnits : public DockerVm {
 protected:
  // A change of the port is refused before the engine is touched.
  void ExpectRefused(const std::string& excerpt) {
    const std::string pid = vm().EnginePid();
    EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kStatusIsError);
    EXPECT_THAT(LastStatus(), HasSubstr(excerpt));
    EXPECT_EQ(vm().EnginePid(), pid);
    ExpectServing();
  }
};

TEST_F(PendingUnits, WithWhatNothingCanValidateAreNotActivated) {
  Serve();
  Write("/etc/systemd/system/docker.service.d/own.conf", "[Service]\nExecStartPre=/bin/false\n");
  ExpectRefused("own.conf' (ExecStartPre) was changed on ");
}

TEST_F(PendingUnits, ThatAreMaskedAndRequiredAreFoundBeforeARestart) {
  Serve();
  vm().Run({"/usr/bin/systemctl", "mask", "docker.socket"});
  ExpectRefused("systemctl unmask docker.socket");
}

// Docker 20.10 reads the first value and ignores what follows.
class TrailingText : public DockerVm, public testing::WithParamInterface<Pending> {};

TEST_P(TrailingText, OfADaemonJsonThatTheEngineTakesIsAccepted) {
  Write(kDaemonJson, GetParam().text);
  vm().Run({"/usr/bin/systemctl", "restart", "docker.service"});
  Serve();
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_EQ(vm().Shell(std::string("cat ") + kDaemonJson), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Of, TrailingText,
                         testing::Values(Pending{"ASecondValue", R"({"debug": false}{"x":1})"},
                                         Pending{"ANote", R"({"debug": false} # note)"}),
                         [](const auto& chosen) { return chosen.param.name; });

class LiveRestore : public DockerVm {
 protected:
  std::string Enabled() { return vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}); }
};

TEST_F(LiveRestore, WhatIsAppendedToDaemonJsonSurvivesUninstallWithoutOurKey) {
  Write(kDaemonJson, "{\"debug\": false}\n");
  vm().Run({"/usr/bin/systemctl", "restart", "docker.service"});
  Serve();
  vm().Shell(std::string("echo '# appended' >>") + kDaemonJson);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_THAT(vm().Shell(std::string("cat ") + kDaemonJson),
              AllOf(HasSubstr("# appended"), HasSubstr("\"debug\""), Not(HasSubstr("live-restore"))));
  EXPECT_EQ(Enabled(), "false");
}

TEST_F(LiveRestore, IsGivenUpAndTakenUpAgainByTheOptions) {
  Serve();
  EXPECT_EQ(Enabled(), "true");
  EXPECT_EQ(vm().Harness({"enable", "--public", Settings(4243, R"(["--live-restore=false"])")}).exit_code,
            kSuccess);
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"warning\""), HasSubstr("live-restore")));
  EXPECT_EQ(Enabled(), "false");
  EXPECT_THAT(vm().Shell(std::string("cat ") + kDaemonJson + " 2>/dev/null; true"),
              Not(HasSubstr("live-restore")));
  ExpectServing();
  EXPECT_EQ(vm().Harness({"enable", "--public", Settings(4243)}).exit_code, kSuccess);
  EXPECT_EQ(Enabled(), "true");
  ExpectServing();
}

}  // namespace
}  // namespace dockerext
