// SPDX-License-Identifier: MIT
// docker.service as owners write it: what systemd and dockerd make of the text decides, and a listener that
// it opens is found and named. Each test restarts the engine with the text before the extension comes.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class UnitText : public DockerVm {
 protected:
  static constexpr const char* kLine =
      "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock";

  void RestartEngine() {
    vm().Shell("systemctl daemon-reload && systemctl restart docker.service");
    EXPECT_EQ(Engine("ActiveState"), "active");
  }
  // What apt and dpkg have done.
  std::string PackageLogs() {
    return vm().Shell("cat /var/log/apt/history.log /var/log/apt/term.log /var/log/dpkg.log | sha256sum");
  }
};

// --- Listeners that are not ours.

class Listener : public UnitText {
 protected:
  void ExpectNamed(const std::string& culprit) {
    EXPECT_THAT(vm().Shell("ss -H -ltn sport = :2375"), HasSubstr("127.0.0.1:2375"));
    const std::string pid = vm().EnginePid();
    EXPECT_NE(vm().Harness({"run"}).exit_code, kSuccess);
    EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"code\":53"), HasSubstr("2375"), HasSubstr(culprit)));
    EXPECT_EQ(vm().EnginePid(), pid);
    EXPECT_FALSE(vm().IsOpen(4243));
  }
};

TEST_F(Listener, InOptionsOverTwoLinesIsNamed) {
  Write("/etc/default/docker", "DOCKER_OPTS=\"--log-level=info \\\n-H tcp://127.0.0.1:2375\"\n");
  RestartEngine();
  ExpectNamed("/etc/default/docker");
}

TEST_F(Listener, InAnEnvironmentFileByAPatternIsNamed) {
  Write("/etc/docker-env.d/tcp.conf", "DOCKER_OPTS=-H tcp://127.0.0.1:2375\n");
  AddDropIn("env.conf", "EnvironmentFile=/etc/docker-env.d/*.conf");
  RestartEngine();
  ExpectNamed("/etc/docker-env.d/");
}

TEST_F(Listener, InAGroupOfShortOptionsIsNamed) {
  OverrideExecStart(std::string(kLine) + " -DH tcp://127.0.0.1:2375");
  RestartEngine();
  ExpectNamed("override.conf");
}

TEST_F(Listener, OfAnotherSocketUnitIsNamed) {
  Write(
      "/etc/systemd/system/docker-tcp.socket",
      "[Socket]\nListenStream=127.0.0.1:2375\nService=docker.service\n[Install]\nWantedBy=sockets.target\n");
  vm().Shell(
      "systemctl daemon-reload && systemctl stop docker.service && systemctl start docker-tcp.socket && "
      "systemctl start docker.service");
  ExpectNamed("docker-tcp.socket");
}

TEST_F(Listener, OfOurOwnMetricsOptionIsAnError) {
  const std::string pid = vm().EnginePid();
  EXPECT_NE(
      vm().Harness({"run", "--public", Settings(4243, R"(["--metrics-addr=127.0.0.1:9323"])")}).exit_code,
      kSuccess);
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"code\":53"), HasSubstr("metrics-addr")));
  EXPECT_EQ(vm().EnginePid(), pid);
}

// Metrics in the owner's daemon.json, Swarm's ports, a published port: all are his business.
TEST_F(Listener, OfTheOwnersOtherPurposesIsNoError) {
  Write(kDaemonJson, "{\"metrics-addr\": \"127.0.0.1:9323\", \"experimental\": true}\n");
  RestartEngine();
  Container::Start(vm());
  vm().Run({"/usr/bin/docker", "swarm", "init", "--advertise-addr", "192.0.2.2"});
  EXPECT_EQ(vm().Harness({"run", "--public", vm().Put("closed.json", "{}"), "--no-protected"}).exit_code,
            kSuccess);
  EXPECT_THAT(LastStatus(), Not(HasSubstr("no TCP port is open")));
  EXPECT_THAT(vm().Shell("ss -H -ltn"), AllOf(HasSubstr(":9323"), HasSubstr(":2377"), HasSubstr(":8080")));
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, kSuccess);
  ExpectServing();
}

// --- Texts that decide what the engine is.

TEST_F(UnitText, AByteOrderMarkDoesNotHideTheOwnersLine) {
  Write("/etc/systemd/system/docker.service.d/override.conf",
        "\xEF\xBB\xBF[Service]\nExecStart=\nExecStart=" + std::string(kLine) +
            " --data-root=/var/lib/docker/elsewhere\n");
  RestartEngine();
  vm().Run({"/usr/bin/docker", "volume", "create", "kept"});
  Serve();
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.DockerRootDir}}"}), "/var/lib/docker/elsewhere");
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "volume", "ls", "-q"}), "kept");
}

TEST_F(UnitText, ADropInThatIsGoneWithoutAReloadDoesNotHideDocker) {
  Serve();
  AddDropIn("http-proxy.conf", "Environment=HTTP_PROXY=http://proxy.example:3128");
  vm().Run({"/bin/rm", "/etc/systemd/system/docker.service.d/http-proxy.conf"});
  const std::string logs = PackageLogs();
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, kSuccess);
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  ExpectServing(5000);
  EXPECT_EQ(PackageLogs(), logs);
}

TEST_F(UnitText, ADropInThatIsGoneWithoutAReloadDoesNotHideDockerFromTheFirstEnable) {
  AddDropIn("http-proxy.conf", "Environment=HTTP_PROXY=http://proxy.example:3128");
  vm().Run({"/bin/rm", "/etc/systemd/system/docker.service.d/http-proxy.conf"});
  const std::string logs = PackageLogs();
  Serve();
  EXPECT_EQ(PackageLogs(), logs);
}

// Two lines without the empty one between them, which systemd refuses for this type of service.
TEST_F(UnitText, ABadSettingIsAnErrorThatNamesItsFileAndTheEngineStays) {
  AddDropIn("override.conf", "ExecStart=" + std::string(kLine) + " --debug");
  EXPECT_EQ(Engine("LoadState"), "bad-setting");
  const std::string logs = PackageLogs();
  const std::string pid = vm().EnginePid();
  EXPECT_NE(vm().Harness({"run"}).exit_code, kSuccess);
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("bad-setting"), HasSubstr("override.conf")));
  EXPECT_EQ(PackageLogs(), logs);
  EXPECT_EQ(vm().EnginePid(), pid);
}

TEST_F(UnitText, ABadSettingBehindOurDropInIsNamedBeforeTheEngineIsTouched) {
  Serve();
  AddDropIn("a.conf", "ExecStart=/bin/sleep infinity");
  const std::string pid = vm().EnginePid();
  EXPECT_NE(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  EXPECT_THAT(LastStatus(), AllOf(HasSubstr("\"code\":52"), HasSubstr("more than one ExecStart="),
                                  HasSubstr("/a.conf' sets ExecStart=")));
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_TRUE(vm().IsOpen(4243));
}

// Our own drop-in clears both lines, so the setting is bad only once that is removed.
TEST_F(UnitText, ABadSettingBehindOurDropInDoesNotKeepThePortOpen) {
  Serve();
  AddDropIn("override.conf", "ExecStart=" + std::string(kLine) + " --debug");
  EXPECT_EQ(Engine("LoadState"), "loaded");
  EXPECT_EQ(vm().Verb("disable", 0).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
}

// systemd takes it for a file that it has not read yet, for ever.
TEST_F(UnitText, ADropInThatIsADanglingSymlinkIsNamed) {
  Serve();
  vm().Shell("ln -s /nope /etc/systemd/system/docker.service.d/bb.conf && systemctl daemon-reload");
  const std::string pid = vm().EnginePid();
  EXPECT_NE(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  EXPECT_THAT(LastStatus(), HasSubstr("/docker.service.d/bb.conf' is a dangling symlink"));
  EXPECT_EQ(vm().EnginePid(), pid);
}

TEST_F(UnitText, AFolderOfDropInsThatIsASymlinkWorks) {
  vm().Shell("mkdir -p /root/drop-ins && ln -s /root/drop-ins /etc/systemd/system/docker.service.d");
  Serve();
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, kSuccess);
  EXPECT_FALSE(vm().IsOpen(5000));
  vm().Shell("rm -r /etc/systemd/system/docker.service.d /root/drop-ins && systemctl daemon-reload");
}

TEST_F(UnitText, AFileInPlaceOfTheFolderOfDropInsIsNamed) {
  vm().Shell("touch /etc/systemd/system/docker.service.d");
  EXPECT_NE(vm().Harness({"run"}).exit_code, kSuccess);
  EXPECT_THAT(LastStatus(),
              AllOf(HasSubstr("docker.service.d"), HasSubstr("one of the folders of that path is a file")));
  vm().Shell("rm /etc/systemd/system/docker.service.d");
}

TEST_F(UnitText, AnotherConfigFileGetsLiveRestoreAndIsRestored) {
  const std::string text = "{\"debug\": true}\n";
  Write("/etc/docker/other.json", text);
  OverrideExecStart(std::string(kLine) + " --config-file /etc/docker/other.json");
  RestartEngine();
  Serve();
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
  EXPECT_THAT(vm().Shell("cat /etc/docker/other.json"), HasSubstr("live-restore"));
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_EQ(*vm().guest().ReadFile("/etc/docker/other.json"), text);
  EXPECT_NE(vm().Exec({"/usr/bin/test", "-e", kDaemonJson}).exit_code, 0);
}

TEST_F(UnitText, AWrapperScriptIsNeverRunOutsideOfItsUnit) {
  Write("/usr/local/bin/start-dockerd",
        "#!/bin/sh\necho \"$$ $*\" >>/var/log/start-dockerd.log\nexec /usr/sbin/dockerd \"$@\"\n", 0755_mode);
  OverrideExecStart("/usr/local/bin/start-dockerd -H fd:// --containerd=/run/containerd/containerd.sock");
  RestartEngine();
  EXPECT_EQ(vm().Harness({"run", "--public", Settings(4243, R"(["--log-level=warn"])")}).exit_code, kSuccess);
  ExpectServing();
  EXPECT_THAT(vm().Shell("cat /var/log/start-dockerd.log"),
              AllOf(Not(HasSubstr("--version")), Not(HasSubstr("--validate"))));
  EXPECT_EQ(vm().Shell("pgrep -cx dockerd"), "1");
}

TEST_F(UnitText, ALocalSocketElsewhereIsAsked) {
  OverrideExecStart(
      "/usr/sbin/dockerd -H unix:///run/docker-elsewhere.sock "
      "--containerd=/run/containerd/containerd.sock");
  vm().Shell("systemctl disable -q --now docker.socket; rm -f /run/docker.sock");
  RestartEngine();
  Serve();
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "-H", "unix:///run/docker-elsewhere.sock", "info", "-f",
                      "{{.LiveRestoreEnabled}}"}),
            "true");
}

}  // namespace
}  // namespace dockerext
