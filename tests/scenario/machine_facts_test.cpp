// SPDX-License-Identifier: MIT
// Machines whose unit files, sockets and daemon.json are odd: what the machine does decides, and texts are
// read as systemd and dockerd read them.
#include "tests/scenario/existing_engine.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOverride = "/etc/systemd/system/docker.service.d/override.conf";

class MachineFacts : public ExistingEngineVm {
 protected:
  void PutDropIn(const std::string& text) {
    vm.files.Put(kOverride, text);
    vm.docker.DaemonReload();
  }

  void ExpectSuccess(std::uint64_t sequence = 0) {
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(sequence).level, StatusLevel::kSuccess) << vm.StatusOf(sequence).message;
  }

  bool RanApt() const {
    return std::any_of(vm.commands_run.begin(), vm.commands_run.end(),
                       [](const auto& argv) { return argv.front().find("apt-get") != std::string::npos; });
  }
};

TEST_F(MachineFacts, ADropInDeletedWithoutAReloadIsNoMissingEngine) {
  PutDropIn("[Service]\nEnvironment=A=b\n");
  vm.files.Erase(kOverride);
  vm.docker.needs_reload = true;
  ExpectSuccess();
  EXPECT_FALSE(RanApt());
  EXPECT_FALSE(vm.docker.needs_reload);
}

TEST_F(MachineFacts, AUnitThatSystemdCannotLoadIsNoMissingEngine) {
  PutDropIn("[Service]\nExecStart=/usr/sbin/dockerd --debug\n");
  vm.docker.load_state = "bad-setting";
  ExpectRejected({"bad-setting", kOverride, "put an empty ExecStart= line before it"}, 52);
  EXPECT_FALSE(RanApt());
}

// Our drop-in clears both, so systemd does load the unit, until the drop-in goes.
TEST_F(MachineFacts, ASecondExecStartThatOurDropInHidesIsFoundBeforeAnythingIsTouched) {
  ExpectSuccess();
  PutDropIn("[Service]\nExecStart=/bin/sleep infinity\n");
  ExpectRejected({"more than one ExecStart=", kOverride, "put an empty ExecStart= line before it"}, 52);
  vm.files.Erase(kOverride);
  vm.docker.DaemonReload();
  ExpectSuccess();
}

TEST_F(MachineFacts, AShellsCommandTakesNoOptions) {
  PutDropIn("[Service]\nExecStart=\nExecStart=/bin/sh -c \"exec dockerd -H fd://\"\n");
  ExpectRejected({"the ExecStart= of", kOverride, "is a command of a shell"}, 52);
}

TEST_F(MachineFacts, AByteOrderMarkHidesNoExecStart) {
  PutDropIn(
      "\xEF\xBB\xBF[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd --data-root=/mnt/docker -H fd://\n");
  ExpectSuccess();
  EXPECT_THAT(vm.files.Content(DropInPath()),
              HasSubstr("--data-root=/mnt/docker -H fd:// -H tcp://0.0.0.0:4243"));
}

TEST_F(MachineFacts, ListenersAreFoundInWhateverFormTheyAreWritten) {
  vm.files.PutFolder("/etc/docker-env.d");
  for (const char* text : {"[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -DH tcp://127.0.0.1:2375\n",
                           "[Service]\nEnvironmentFile=/etc/docker-env.d/*.conf\n",
                           "[Service]\nEnvironment=\"DOCKER_OPTS=--debug \\\n -H tcp://127.0.0.1:2375\"\n"}) {
    SCOPED_TRACE(text);
    vm.files.Put("/etc/docker-env.d/10.conf", "DOCKER_OPTS=--debug \\\n  -H tcp://127.0.0.1:2375\n");
    PutDropIn(text);
    ExpectRejected({"tcp://127.0.0.1:2375"});
  }
}

TEST_F(MachineFacts, AnApiPortOfUnknownOriginIsAConflict) {
  vm.docker.other_listeners = {{"127.0.0.1", 2375}};
  vm.docker.api_ports = {2375};
  ExpectRejected({"dockerd serves its API on 127.0.0.1:2375"});
}

TEST_F(MachineFacts, OtherPortsOfTheEngineAreWarnings) {
  vm.docker.other_listeners = {{"127.0.0.1", 9323}, {"::", 2377}};
  ExpectSuccess();
  vm.docker.other_listeners = {{"127.0.0.1", 9323}, {"::", 2377}};
  ExpectSuccess();
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("dockerd also listens on [::]:2377"))));
}

TEST_F(MachineFacts, ASocketUnitOfAnotherNameThatStartsTheEngineIsAConflict) {
  vm.files.Put("/lib/systemd/system/docker-tcp.socket",
               "[Socket]\nListenStream=2375\nService=docker.service\n");
  vm.docker.triggered_by.emplace_back("docker-tcp.socket");
  vm.active_units = {"docker-tcp.socket"};
  ExpectRejected({"docker-tcp.socket", "[::]:2375"});
}

TEST_F(MachineFacts, ADaemonJsonElsewhereIsTheOneThatIsUsed) {
  PutDropIn(
      "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --config-file=/etc/docker/other.json\n");
  vm.files.Put("/etc/docker/other.json", "{}");
  vm.docker.daemon_json_path = "/etc/docker/other.json";
  vm.docker.Restart();
  ExpectSuccess();
  EXPECT_THAT(vm.files.Content("/etc/docker/other.json"), HasSubstr("live-restore"));
  EXPECT_FALSE(vm.files.Has(kDaemonJson));
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content("/etc/docker/other.json"), "{}");
}

TEST_F(MachineFacts, TheDaemonJsonThatWasChangedIsRestoredWhateverIsReadByThen) {
  PutDropIn(
      "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --config-file=/etc/docker/other.json\n");
  vm.files.Put("/etc/docker/other.json", "{}");
  vm.docker.daemon_json_path = "/etc/docker/other.json";
  vm.docker.Restart();
  ExpectSuccess();
  vm.files.Erase(kOverride);
  vm.docker.daemon_json_path = kDaemonJson;
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content("/etc/docker/other.json"), "{}");
  EXPECT_FALSE(vm.files.Has(kDaemonJson));
}

TEST_F(MachineFacts, AWrapperScriptIsNeverRun) {
  vm.files.Put("/usr/local/bin/start-docker", "#!/bin/sh\nexec /usr/sbin/dockerd \"$@\"\n", 0755_mode);
  PutDropIn("[Service]\nExecStart=\nExecStart=/usr/local/bin/start-docker -H fd://\n");
  ExpectSuccess();
  for (const auto& argv : vm.commands_run) EXPECT_NE(argv.front(), "/usr/local/bin/start-docker");
}

TEST_F(MachineFacts, TheEngineIsAskedOnTheSocketThatItHas) {
  PutDropIn("[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H unix:///run/elsewhere.sock\n");
  vm.docker.socket_path = "/run/elsewhere.sock";
  vm.docker.Restart();
  ExpectSuccess();
}

TEST_F(MachineFacts, AnOldEnginesDaemonJsonIsReadAsThatEngineReadsIt) {
  vm.files.Put(kDaemonJson, "{\"debug\": true} # note\n");
  vm.docker.Restart();
  vm.clock.elapsed += std::chrono::seconds(5);
  ExpectSuccess();
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"debug\": true} # note\n");
}

TEST_F(MachineFacts, WhatIsAppendedToDaemonJsonSurvivesUninstall) {
  ExpectSuccess();
  vm.files.Put(kDaemonJson, vm.files.Content(kDaemonJson) + " # note\n");
  vm.Run("uninstall");
  EXPECT_THAT(vm.files.Content(kDaemonJson), HasSubstr("# note"));
  EXPECT_THAT(vm.files.Content(kDaemonJson), Not(HasSubstr("live-restore")));
}

TEST_F(MachineFacts, WhatUninstallRestoresIsNotPendingForTheNextEnable) {
  vm.files.Put(kDaemonJson, "{\"debug\": true}");
  vm.clock.elapsed += std::chrono::seconds(5);
  vm.docker.Restart();
  for (int i = 0; i < 2; ++i) {
    vm.clock.elapsed += std::chrono::seconds(5);
    ExpectSuccess();
    vm.clock.elapsed += std::chrono::seconds(5);
    vm.Run("uninstall");
    EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"debug\": true}");
  }
}

// The wish of the owner, who needs Swarm.
TEST_F(MachineFacts, LiveRestoreCanBeGivenUpByAnOption) {
  ExpectSuccess();
  vm.Set(1, R"({"docker": {"port": "4243", "options": ["--live-restore=false"]}})", certs);
  ExpectSuccess(1);
  EXPECT_FALSE(vm.docker.live_restore());
  EXPECT_FALSE(vm.files.Has(kDaemonJson));
  EXPECT_THAT(vm.StatusOf(1).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("live-restore is false"))));
  vm.clock.elapsed += std::chrono::seconds(1);
  vm.Set(2, kPort4243, certs);
  ExpectSuccess(2);
  EXPECT_TRUE(vm.docker.live_restore());
}

TEST_F(MachineFacts, AFailedChangeToNoLiveRestoreRestoresIt) {
  ExpectSuccess();
  const auto before = vm.files.Tree({"/etc/docker"});
  vm.docker.fails_to_start = [](const auto& argv) {
    return std::find(argv.begin(), argv.end(), "--live-restore=false") != argv.end();
  };
  vm.Set(1, R"({"docker": {"port": "4243", "options": ["--live-restore=false"]}})", certs);
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
  EXPECT_EQ(vm.files.Tree({"/etc/docker"}), before);
  EXPECT_TRUE(vm.docker.live_restore());
}

// Its containers survive the next start only with live-restore.
TEST_F(MachineFacts, LiveRestoreStaysWhileAContainerOfAStoppedEngineRuns) {
  vm.Run("enable");
  vm.docker.Stop();
  vm.files.Put("/proc/77/cmdline",
               std::string("/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0c1\0", 54));
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_THAT(vm.files.Content(kDaemonJson), HasSubstr("live-restore"));
  EXPECT_THAT(vm.log.lines, Contains(HasSubstr("live-restore stays in '/etc/docker/daemon.json'")));
}

TEST_F(MachineFacts, OfAnEngineThatDoesNotReloadLiveRestoreStaysSet) {
  vm.Run("enable");
  vm.docker.hangs = true;
  vm.Run("uninstall");
  EXPECT_THAT(vm.files.Content(kDaemonJson), HasSubstr("true"));
}

TEST_F(MachineFacts, AnUnreadableLedgerIsSaidOnce) {
  vm.files.Put("/var/lib/docker-extension/ledger.json", "not JSON");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("is damaged; it was left unchanged"));
  EXPECT_THAT(vm.StatusOf(0).message, Not(HasSubstr("roll")));
}

class Pending : public MachineFacts {
 protected:
  void SetUp() override {
    MachineFacts::SetUp();
    ExpectSuccess();
    vm.clock.elapsed += std::chrono::minutes(1);
    const std::string text = vm.files.Content(kDaemonJson);
    vm.files.Put(kDaemonJson, text.substr(0, text.rfind('}')) + ", \"group\": \"nobody-has-it\"}");
    vm.Set(1, kPort5000, certs);
  }

  void ExpectRejectedByTheWorker(const std::vector<std::string>& excerpts) {
    const auto before = vm.files.Tree({"/etc/docker", "/etc/systemd"});
    const auto pid = vm.docker.pid();
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
    for (const std::string& text : excerpts) EXPECT_THAT(vm.StatusOf(1).message, HasSubstr(text));
    EXPECT_EQ(vm.files.Tree({"/etc/docker", "/etc/systemd"}), before);
    EXPECT_EQ(vm.docker.pid(), pid);
    EXPECT_EQ(vm.docker.port(), 4243);
  }
};

TEST_F(Pending, WhatAnOldEngineCannotValidateIsItsOwnersFirstRestart) {
  ExpectRejectedByTheWorker({kDaemonJson, "group", "systemctl restart docker"});
}

TEST_F(Pending, WhatAnEngineValidatesAndRefusesIsAnErrorBeforeARestart) {
  vm.docker.version = "26.1.5";
  vm.validates = true;
  vm.rejection = "unable to configure the Docker daemon: group not found";
  ExpectRejectedByTheWorker({"group not found"});
}

TEST_F(Pending, WhatItsOwnerHasRestartedWithIsNoLongerPending) {
  vm.clock.elapsed += std::chrono::minutes(1);
  vm.docker.Restart();
  ExpectSuccess(1);
}

TEST_F(Pending, WhatIsLaterThanTheClockIsNone) {
  vm.clock.utc_start -= std::chrono::hours(24 * 400);
  vm.docker.Restart();
  ExpectSuccess(1);
}

// As when the network tells the time only after the engine's start.
TEST_F(Pending, WhatIsOlderThanTheBootIsNone) {
  vm.clock.utc_start -= std::chrono::hours(24 * 400);
  vm.docker.Restart();
  vm.clock.utc_start += std::chrono::hours(24 * 401);
  ExpectSuccess(1);
}

// The drop-in is right, so only a restart of the engine that hangs is due.
TEST_F(Pending, ARestartWithoutAnotherChangeIsValidatedToo) {
  vm.Set(1, kPort4243, certs);
  vm.docker.hangs = true;
  const auto pid = vm.docker.pid();
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(1).message, HasSubstr("systemctl restart docker"));
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST_F(Pending, AUnitFileThatNothingCanValidateIsItsOwnersFirstRestart) {
  vm.docker.Restart();
  vm.clock.elapsed += std::chrono::minutes(1);
  PutDropIn("[Service]\nExecStartPre=/bin/false\n");
  ExpectRejectedByTheWorker({kOverride, "ExecStartPre", "systemctl restart docker"});
}

TEST_F(Pending, AUnitFileThatCannotStopAStartIsNone) {
  vm.docker.Restart();
  vm.clock.elapsed += std::chrono::minutes(1);
  PutDropIn("[Service]\nEnvironment=HTTP_PROXY=http://proxy:3128\nTimeoutStopSec=9\n");
  ExpectSuccess(1);
}

TEST_F(MachineFacts, ARequiredUnitThatIsMaskedIsAnErrorBeforeARestart) {
  vm.files.Put("/lib/systemd/system/docker.socket", "[Socket]\nListenStream=/var/run/docker.sock\n");
  vm.docker.requirements = {"docker.socket"};
  vm.masked_units = {"docker.socket"};
  const auto pid = vm.docker.pid();
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 52);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("systemctl unmask docker.socket"));
  EXPECT_EQ(vm.docker.pid(), pid);
  EXPECT_FALSE(vm.files.Has(DropInPath()));
  vm.masked_units.clear();
  ExpectSuccess();
  vm.docker.Stop();
  vm.masked_units = {"docker.socket"};
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 52);
}

TEST_F(MachineFacts, ADaemonJsonThatIsNoFileIsAnError) {
  vm.files.PutFolder(kDaemonJson);
  ExpectRejected({"'/etc/docker/daemon.json' is not a regular file; remove it"});
}

TEST_F(Pending, AnEnableThatNeedsNoRestartSucceeds) {
  vm.Set(1, kPort4243, certs);
  ExpectSuccess(1);
}

}  // namespace
}  // namespace dockerext
