// SPDX-License-Identifier: MIT
// VMs on which Docker already runs: with containers, or with an edited daemon.json or unit.
#include "tests/scenario/existing_engine.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using ExistingEngine = ExistingEngineVm;

TEST_F(ExistingEngine, ContainersKeepRunningThroughEveryOperation) {
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  vm.Set(1, kPort5000, certs);
  vm.Run("enable");
  vm.Set(2, kPort5000, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  vm.Run("disable");
  vm.Run("enable");
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.outages, 0);
  EXPECT_GE(vm.docker.starts, 6);
}

TEST_F(ExistingEngine, UninstallRevertsLiveRestoreByteForByte) {
  const std::string original = "{ \"debug\":true }";
  vm.files.Put(kDaemonJson, original, 0640_mode);
  const auto before = vm.Tree();
  vm.Run("enable");
  EXPECT_TRUE(vm.docker.live_restore());
  EXPECT_THAT(vm.files.Content(kDaemonJson), HasSubstr("\"live-restore\": true, \"debug\":true"));
  EXPECT_EQ(vm.files.Mode(kDaemonJson), 0640_mode);
  vm.Run("uninstall");
  EXPECT_FALSE(vm.docker.live_restore());
  EXPECT_EQ(vm.Tree(), before);
}

TEST_F(ExistingEngine, ADaemonJsonThatIsASymlinkStaysASymlink) {
  vm.files.Put("/srv/daemon.json", "{\"debug\": true}", 0640_mode);
  vm.files.PutLink(kDaemonJson, "/srv/daemon.json");
  const auto before = vm.files.Tree({"/etc/docker", "/srv"});
  vm.Run("enable");
  EXPECT_TRUE(vm.docker.live_restore());
  EXPECT_EQ(vm.files.Mode("/srv/daemon.json"), 0640_mode);
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Tree({"/etc/docker", "/srv"}), before);
}

TEST_F(ExistingEngine, UninstallKeepsOtherChangesToDaemonJson) {
  vm.Run("enable");
  vm.files.Put(kDaemonJson, "{\"live-restore\": true, \"log-level\": \"warn\"}");
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{ \"log-level\": \"warn\"}");
}

TEST_F(ExistingEngine, DisableKeepsLiveRestore) {
  vm.Run("enable");
  vm.Run("disable");
  EXPECT_TRUE(vm.docker.live_restore());
}

TEST_F(ExistingEngine, ALiveRestoreOfFalseByTheUserIsRespectedWithAWarning) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": false}");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("live-restore is false"))));
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"live-restore\": false}");
}

TEST_F(ExistingEngine, ALiveRestoreOfTrueByTheUserSurvivesUninstall) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": true}");
  vm.docker.HangUp();
  vm.Run("enable");
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"live-restore\": true}");
  EXPECT_TRUE(vm.docker.live_restore());
}

TEST_F(ExistingEngine, ALiveRestoreThatTheEngineHasNotLoadedIsLoadedBeforeTheRestart) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": true}");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.outages, 0);
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"live-restore\": true}");
}

TEST_F(ExistingEngine, ALiveRestoreThatWouldStopASwarmEngineFromStartingIsAnError) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": true}");
  vm.docker.swarm_state = "active";
  const auto pid = vm.docker.pid();
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("'/etc/docker/daemon.json' sets live-restore"));
  EXPECT_EQ(vm.docker.pid(), pid);
}

TEST_F(ExistingEngine, AnEngineInASwarmNeverGetsLiveRestore) {
  vm.docker.swarm_state = "active";
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).substatuses, Contains(Field(&Substatus::message, HasSubstr("part of a Swarm"))));
  EXPECT_FALSE(vm.files.Has(kDaemonJson));
  vm.files.changes = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.files.changes, 0);
}

TEST_F(ExistingEngine, AStoppedEngineGetsLiveRestoreAfterASingleStart) {
  vm.docker.Stop();
  vm.docker.containers_running = 0;
  vm.docker.starts = 0;
  vm.Run("enable");
  EXPECT_EQ(vm.docker.starts, 1);
  EXPECT_TRUE(vm.docker.live_restore());
  vm.Run("uninstall");
  EXPECT_FALSE(vm.docker.running());
  EXPECT_TRUE(vm.docker.installed());
}

TEST_F(ExistingEngine, UninstallRestoresTheSocketStateOfAStoppedEngine) {
  vm.files.Put("/lib/systemd/system/docker.socket", "[Socket]\nListenStream=/run/docker.sock\n");
  vm.docker.socket_path = "/run/docker.sock";
  vm.docker.containers_running = 0;
  for (const bool listened : {false, true}) {
    vm.docker.Stop();
    vm.docker.socket_listens = listened;
    vm.Run("enable");
    EXPECT_TRUE(vm.docker.socket_listens);
    vm.Run("uninstall");
    EXPECT_FALSE(vm.docker.running());
    EXPECT_EQ(vm.docker.socket_listens, listened);
  }
}

TEST_F(ExistingEngine, AFailedChangeRevertsLiveRestoreToo) {
  vm.docker.fails_to_start = [](const std::vector<std::string>& argv) {
    return std::find(argv.begin(), argv.end(), "--tlsverify") != argv.end();
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("rolled back to the previous configuration"));
  EXPECT_EQ(vm.docker.outages, 0);
  EXPECT_TRUE(vm.docker.running());
  EXPECT_FALSE(vm.files.Has(kDaemonJson));
  EXPECT_FALSE(vm.docker.live_restore());
}

TEST_F(ExistingEngine, TheFailureExcerptOfAnEngineThatDoesNotStartIsReported) {
  const std::vector<std::pair<std::string, std::string>> journals = {
      {"level=error msg=\"first failure\"\nmkdir /mnt/docker: read-only file system\n",
       "dockerd logged: mkdir /mnt/docker: read-only file system"},
      {"level=warning msg=\"failed to dial\"\nlevel=fatal msg=\"no graphdriver\"\nlevel=info msg=bye\n",
       "dockerd logged: level=fatal msg=\"no graphdriver\""},
      {"unknown flag: --x\nSee 'dockerd --help'.\n\nUsage:  dockerd [OPTIONS]\n",
       "dockerd logged: unknown flag: --x"},
      {"panic: runtime error\n\ngoroutine 1 [running]:\nmain.main()\n",
       "dockerd logged: panic: runtime error"}};
  vm.docker.fails_to_start = [](const auto& argv) { return argv.back().starts_with("--tlskey="); };
  for (const auto& [journal, excerpt] : journals) {
    vm.engine_journal = journal;
    vm.journal_lags = true;
    vm.Run("enable");
    EXPECT_THAT(vm.StatusOf(0).message, HasSubstr(excerpt + "; rolled back to the previous configuration"));
  }
}

TEST_F(ExistingEngine, WhatContainersPrintIsNoReasonOfTheEngine) {
  vm.docker.fails_to_start = [](const auto& argv) { return argv.back().starts_with("--tlskey="); };
  vm.engine_journal = "failed to start daemon: no graphdriver\n";
  vm.container_output = "panic: a container's own\n";
  vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("dockerd logged: failed to start daemon: no graphdriver;"));
}

TEST_F(ExistingEngine, ASecretThatDockerdLogsIsInNoSink) {
  vm.docker.fails_to_start = [](const auto& argv) { return argv.back().starts_with("--tlskey="); };
  vm.engine_journal =
      "failed to start daemon: log-opts map[splunk-token:hunter2] of http://user:hunter2@proxy:3128 with "
      "Authorization: Basic hunter2, \"token\": \"hunter2\"\n";
  const RunResult run = vm.Run("enable");
  EXPECT_THAT(vm.StatusOf(0).message,
              HasSubstr("failed to start daemon: log-opts map[***] of http://***@proxy:3128"));
  for (const std::string& line :
       vm.files.Tree({FakeMachine::FolderOf(vm.version), "/var/lib/docker-extension"}))
    EXPECT_THAT(line, Not(HasSubstr("hunter2")));
  for (const std::string& line : vm.log.lines) EXPECT_THAT(line, Not(HasSubstr("hunter2")));
  EXPECT_THAT(run.err + run.out, Not(HasSubstr("hunter2")));
}

TEST_F(ExistingEngine, PendingAuthorizationPluginsAreNeverReloaded) {
  vm.files.Put(kDaemonJson, "{\"authorization-plugins\": [\"opa\"]}");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("authorization-plugins"));
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"authorization-plugins\": [\"opa\"]}");
}

TEST_F(ExistingEngine, HostsAndTlsInDaemonJsonAreConflicts) {
  vm.files.Put(kDaemonJson, R"({"hosts": ["fd://"], "tlsverify": true})");
  ExpectRejected({"'/etc/docker/daemon.json' sets hosts", "'/etc/docker/daemon.json' sets tlsverify"});
}

TEST_F(ExistingEngine, AnInvalidDaemonJsonIsAConflict) {
  vm.files.Put(kDaemonJson, "{,}");
  ExpectRejected({"'/etc/docker/daemon.json' is not valid JSON"});
}

TEST_F(ExistingEngine, AnOptionThatIsAlsoInDaemonJsonIsAConflict) {
  vm.files.Put(kDaemonJson, R"({"labels": ["a=b"]})");
  vm.Set(0, R"({"docker": {"port": 4243, "options": ["--label=c=d"]}})", certs);
  ExpectRejected({"publicSettings.docker.options[0] has --label, and", "labels"});
}

TEST_F(ExistingEngine, AnOptionThatIsAlsoInTheUnitIsAConflict) {
  vm.Set(0, R"({"docker": {"port": 4243, "options": ["-D", "--containerd", "/x"]}})", certs);
  ExpectRejected(
      {"publicSettings.docker.options[1] has --containerd, which", "/lib/systemd/system/docker.service"});
}

TEST_F(ExistingEngine, AForeignListenerInExecStartIsAConflict) {
  vm.files.Put(std::string(kDropInFolder) + "/10-machine.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H tcp://0.0.0.0:2375\n");
  vm.docker.DaemonReload();
  ExpectRejected({"10-machine.conf' makes dockerd listen on tcp://0.0.0.0:2375"});
}

TEST_F(ExistingEngine, AForeignListenerInAnEnvironmentFileIsAConflict) {
  vm.files.Put(std::string(kDropInFolder) + "/env.conf", "[Service]\nEnvironmentFile=-/etc/default/docker\n");
  vm.files.Put("/etc/default/docker", "DOCKER_OPTS=\"-H tcp://0.0.0.0:2375\"\n");
  vm.docker.DaemonReload();
  ExpectRejected({"'/etc/default/docker' makes dockerd listen on tcp://0.0.0.0:2375"});
}

TEST_F(ExistingEngine, AForeignListenerInTheSocketUnitIsAConflict) {
  vm.files.Put("/lib/systemd/system/docker.socket",
               "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n");
  ExpectRejected({"'/lib/systemd/system/docker.socket' makes docker.socket listen on [::]:2375"});
}

TEST_F(ExistingEngine, AListenerAddedAfterTheLastEnableIsNotReportedAsSuccess) {
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  vm.files.Put("/lib/systemd/system/docker.socket",
               "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n");
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("makes docker.socket listen on [::]:2375"));
}

TEST_F(ExistingEngine, ALaterDropInThatSetsExecStartIsAConflict) {
  vm.files.Put(std::string(kDropInFolder) + "/zzz.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd\n");
  vm.docker.DaemonReload();
  ExpectRejected({"zzz.conf' sets ExecStart after the extension's"});
}

TEST_F(ExistingEngine, UnrelatedDropInsAreNoConflicts) {
  vm.files.Put(std::string(kDropInFolder) + "/http-proxy.conf",
               "[Service]\nEnvironment=HTTP_PROXY=http://p:1\n");
  vm.files.Put(std::string(kDropInFolder) + "/zzz-limits.conf", "[Service]\nLimitNOFILE=1000\n");
  vm.docker.DaemonReload();
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(ExistingEngine, AnEngineOfAnotherOriginKeepsItsOwnCommand) {
  vm.files.Put(FakeDocker::kUnitPath, "[Service]\nExecStart=/opt/docker/dockerd --data-root=/mnt\n");
  vm.files.Put("/opt/docker/dockerd", "binary", 0755_mode);
  vm.docker.DaemonReload();
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(
      vm.files.Content(DropInPath()),
      HasSubstr("ExecStart=/opt/docker/dockerd --data-root=/mnt -H unix:///var/run/docker.sock -H tcp"));
  EXPECT_THAT(LoadLedger(vm.files)->packages, IsEmpty());
}

TEST_F(ExistingEngine, InstallonlyDoesNotCheckConflicts) {
  vm.files.Put(kDaemonJson, R"({"hosts": ["fd://"]})");
  vm.Set(0, R"({"installonly": true})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST(OtherEngines, ASnapIsAnErrorWithARemedy) {
  FakeMachine vm;
  vm.files.Put("/lib/systemd/system/snap.docker.dockerd.service", "[Service]\n");
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  const auto before = vm.Tree();
  EXPECT_EQ(vm.Run("enable").exit_code, 52);
  EXPECT_EQ(vm.StatusOf(0).code, 52);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("snap remove docker"));
  EXPECT_FALSE(vm.docker.installed());
  EXPECT_EQ(vm.Tree(), before);
}

TEST_F(ExistingEngine, AMaskedEngineIsAnErrorWithARemedy) {
  vm.docker.masked = true;
  const auto before = vm.Tree();
  EXPECT_EQ(vm.Run("enable").exit_code, 52);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("systemctl unmask docker.service"));
  EXPECT_EQ(vm.Tree(), before);
}

// On Debian 11, apt leaves this mask where docker.io was removed and not purged.
TEST(OtherEngines, AMaskLeftByARemovedPackageIsLiftedByItsNextInstallation) {
  FakeMachine vm;
  vm.docker.masked = true;
  vm.files.Put("/var/lib/systemd/deb-systemd-helper-masked/docker.service", "");
  vm.during_install = [&] { vm.docker.masked = false; };
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST(OtherEngines, PodmanDockerIsNotRemovedToInstallTheEngine) {
  FakeMachine vm;
  vm.apt_would_also_remove = "podman-docker";
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).code, 52);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("would remove podman-docker"));
  EXPECT_THAT(vm.packages, Not(Contains("docker.io")));
}

}  // namespace
}  // namespace dockerext
