// SPDX-License-Identifier: MIT
// VMs that are not empty: Docker runs, containers serve, somebody edited daemon.json or the unit.
#include <gmock/gmock.h>

#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";
constexpr const char* kPort5000 = R"({"docker": {"port": 5000}})";
constexpr const char* kDaemonJson = "/etc/docker/daemon.json";

class ExistingEngine : public testing::Test {
 protected:
  void SetUp() override {
    vm.docker.InstallPackage();
    vm.docker.containers_running = 2;
    vm.Set(0, kPort4243, certs);
  }

  void ExpectRefused(const std::vector<std::string>& words) {
    const auto before = vm.Tree();
    const auto pid = vm.docker.pid();
    EXPECT_EQ(vm.Run("enable").exit_code, 53);
    for (const std::string& word : words) EXPECT_THAT(vm.StatusOf(0).message, HasSubstr(word));
    EXPECT_EQ(vm.Tree(), before);
    EXPECT_EQ(vm.docker.pid(), pid);
  }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

TEST_F(ExistingEngine, ContainersOutliveEverythingThatTheExtensionDoes) {
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

TEST_F(ExistingEngine, LiveRestoreIsTakenBackToTheByteAtUninstall) {
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

TEST_F(ExistingEngine, ADaemonJsonThatIsALinkStaysOne) {
  vm.files.Put("/srv/daemon.json", "{\"debug\": true}", 0640_mode);
  vm.files.PutLink(kDaemonJson, "/srv/daemon.json");
  const auto before = vm.files.Tree({"/etc/docker", "/srv"});
  vm.Run("enable");
  EXPECT_TRUE(vm.docker.live_restore());
  EXPECT_EQ(vm.files.Mode("/srv/daemon.json"), 0640_mode);
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Tree({"/etc/docker", "/srv"}), before);
}

TEST_F(ExistingEngine, WhatOthersWroteIntoDaemonJsonMeanwhileStays) {
  vm.Run("enable");
  vm.files.Put(kDaemonJson, "{\"live-restore\": true, \"log-level\": \"warn\"}");
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\n    \"log-level\": \"warn\"\n}\n");
}

TEST_F(ExistingEngine, DisableKeepsLiveRestore) {
  vm.Run("enable");
  vm.Run("disable");
  EXPECT_TRUE(vm.docker.live_restore());
}

TEST_F(ExistingEngine, AnExplicitFalseOfTheUsersIsRespectedWithAWarning) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": false}");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.StatusOf(0).substatuses,
              Contains(Field(&Substatus::message, HasSubstr("live-restore is false"))));
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"live-restore\": false}");
}

TEST_F(ExistingEngine, ATrueOfTheUsersStaysTheirs) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": true}");
  vm.docker.HangUp();
  vm.Run("enable");
  vm.Run("uninstall");
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"live-restore\": true}");
  EXPECT_TRUE(vm.docker.live_restore());
}

TEST_F(ExistingEngine, ATrueThatTheEngineHasNotReadYetIsPutInForceBeforeTheRestart) {
  vm.files.Put(kDaemonJson, "{\"live-restore\": true}");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  vm.Run("uninstall");
  EXPECT_EQ(vm.docker.outages, 0);
  EXPECT_EQ(vm.files.Content(kDaemonJson), "{\"live-restore\": true}");
}

TEST_F(ExistingEngine, ATrueWithWhichASwarmsEngineWouldNotStartIsAnError) {
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

TEST_F(ExistingEngine, AStoppedEngineGetsLiveRestoreAfterItsOneStart) {
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

TEST_F(ExistingEngine, TheSocketOfAStoppedEngineIsLeftAsItWas) {
  vm.files.Put("/lib/systemd/system/docker.socket", "[Socket]\nListenStream=/run/docker.sock\n");
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

TEST_F(ExistingEngine, AFailedChangeTakesLiveRestoreBackToo) {
  vm.docker.refuses = [](const std::vector<std::string>& argv) {
    return std::find(argv.begin(), argv.end(), "--tlsverify") != argv.end();
  };
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("what was configured before is back"));
  EXPECT_EQ(vm.docker.outages, 0);
  EXPECT_TRUE(vm.docker.running());
  EXPECT_FALSE(vm.files.Has(kDaemonJson));
  EXPECT_FALSE(vm.docker.live_restore());
}

TEST_F(ExistingEngine, TheLastWordsOfAnEngineThatDoesNotStartAreTold) {
  const std::vector<std::pair<std::string, std::string>> journals = {
      {"level=error msg=\"first trouble\"\nmkdir /mnt/docker: read-only file system\n",
       "dockerd says: mkdir /mnt/docker: read-only file system"},
      {"level=warning msg=\"failed to dial\"\nlevel=fatal msg=\"told why\"\nlevel=info msg=bye\n",
       "dockerd says: level=fatal msg=\"told why\""},
      {"unknown flag: --x\nSee 'dockerd --help'.\n\nUsage:  dockerd [OPTIONS]\n",
       "dockerd says: unknown flag: --x"},
      {"panic: runtime error\n\ngoroutine 1 [running]:\nmain.main()\n",
       "dockerd says: panic: runtime error"}};
  vm.docker.refuses = [](const auto& argv) { return argv.back().starts_with("--tlskey="); };
  for (const auto& [journal, words] : journals) {
    vm.engine_journal = journal;
    vm.journal_lags = 3;
    vm.Run("enable");
    EXPECT_THAT(vm.StatusOf(0).message, HasSubstr(words + "; what was configured before is back"));
  }
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
  ExpectRefused({"'/etc/docker/daemon.json' sets hosts", "'/etc/docker/daemon.json' sets tlsverify"});
}

TEST_F(ExistingEngine, AnInvalidDaemonJsonIsAConflict) {
  vm.files.Put(kDaemonJson, "{,}");
  ExpectRefused({"'/etc/docker/daemon.json' is not valid JSON"});
}

TEST_F(ExistingEngine, AnOptionThatDaemonJsonHasTooIsAConflict) {
  vm.files.Put(kDaemonJson, R"({"labels": ["a=b"]})");
  vm.Set(0, R"({"docker": {"port": 4243, "options": ["--label=c=d"]}})", certs);
  ExpectRefused({"--label", "labels"});
}

TEST_F(ExistingEngine, AnOptionThatTheUnitHasTooIsAConflict) {
  vm.Set(0, R"({"docker": {"port": 4243, "options": ["--containerd=/x"]}})", certs);
  ExpectRefused({"--containerd", "/lib/systemd/system/docker.service"});
}

TEST_F(ExistingEngine, AForeignListenerInTheLineIsAConflict) {
  vm.files.Put(std::string(kDropInFolder) + "/10-machine.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H tcp://0.0.0.0:2375\n");
  vm.docker.Load();
  ExpectRefused({"10-machine.conf' makes dockerd listen on tcp://0.0.0.0:2375"});
}

TEST_F(ExistingEngine, AForeignListenerInAnEnvironmentFileIsAConflict) {
  vm.files.Put(std::string(kDropInFolder) + "/env.conf", "[Service]\nEnvironmentFile=-/etc/default/docker\n");
  vm.files.Put("/etc/default/docker", "DOCKER_OPTS=\"-H tcp://0.0.0.0:2375\"\n");
  vm.docker.Load();
  ExpectRefused({"'/etc/default/docker' makes dockerd listen on tcp://0.0.0.0:2375"});
}

TEST_F(ExistingEngine, AForeignListenerInTheSocketUnitIsAConflict) {
  vm.files.Put("/lib/systemd/system/docker.socket",
               "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n");
  ExpectRefused({"'/lib/systemd/system/docker.socket' makes docker.socket listen on 2375"});
}

TEST_F(ExistingEngine, AListenerThatCameAfterTheLastEnableIsNotToldAsASuccess) {
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  vm.files.Put("/lib/systemd/system/docker.socket",
               "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n");
  EXPECT_EQ(vm.Run("enable").exit_code, 53);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("makes docker.socket listen on 2375"));
}

TEST_F(ExistingEngine, ALaterDropInThatSetsTheLineIsAConflict) {
  vm.files.Put(std::string(kDropInFolder) + "/zzz.conf",
               "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd\n");
  vm.docker.Load();
  ExpectRefused({"zzz.conf' sets ExecStart after the extension's"});
}

TEST_F(ExistingEngine, OtherDropInsAreNoneOfOurBusiness) {
  vm.files.Put(std::string(kDropInFolder) + "/http-proxy.conf",
               "[Service]\nEnvironment=HTTP_PROXY=http://p:1\n");
  vm.files.Put(std::string(kDropInFolder) + "/zzz-limits.conf", "[Service]\nLimitNOFILE=1000\n");
  vm.docker.Load();
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST_F(ExistingEngine, AnEngineOfAnotherOriginKeepsItsOwnLine) {
  vm.files.Put(FakeDocker::kUnitPath, "[Service]\nExecStart=/opt/docker/dockerd --data-root=/mnt\n");
  vm.files.Put("/opt/docker/dockerd", "binary", 0755_mode);
  vm.docker.Load();
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
  EXPECT_THAT(
      vm.files.Content(DropInPath()),
      HasSubstr("ExecStart=/opt/docker/dockerd --data-root=/mnt -H unix:///var/run/docker.sock -H tcp"));
  EXPECT_THAT(LoadLedger(vm.files)->packages, IsEmpty());
}

TEST_F(ExistingEngine, InstallonlyLooksForNoConflicts) {
  vm.files.Put(kDaemonJson, R"({"hosts": ["fd://"]})");
  vm.Set(0, R"({"installonly": true})", std::nullopt);
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess);
}

TEST(OtherEngines, ASnapIsAnErrorThatSaysHowToGoOn) {
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

TEST_F(ExistingEngine, AMaskedOneIsAnErrorThatSaysHowToGoOn) {
  vm.docker.masked = true;
  const auto before = vm.Tree();
  EXPECT_EQ(vm.Run("enable").exit_code, 52);
  EXPECT_THAT(vm.StatusOf(0).message, HasSubstr("systemctl unmask docker.service"));
  EXPECT_EQ(vm.Tree(), before);
}

// What apt leaves of docker.io on Debian 11, where it was removed and not purged.
TEST(OtherEngines, AMaskOfTheRemovedPackageGoesWithItsNextInstallation) {
  FakeMachine vm;
  vm.docker.masked = true;
  vm.files.Put("/var/lib/systemd/deb-systemd-helper-masked/docker.service", "");
  vm.during_install = [&] { vm.docker.masked = false; };
  vm.Set(0, kPort4243, FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  EXPECT_EQ(vm.Run("enable").exit_code, 0);
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_EQ(vm.docker.port(), 4243);
}

TEST(OtherEngines, PodmansStandInIsNotRemovedBehindAnybodysBack) {
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
