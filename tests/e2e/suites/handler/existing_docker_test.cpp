// SPDX-License-Identifier: MIT
// VMs with an existing Docker of any origin: the extension uses it and respects its configuration, or rejects
// it with an error that says what to do.
#include <gmock/gmock.h>

#include "tests/e2e/suites/support/container.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr int kCommandFailed = 3;  // the harness's exit codes
constexpr int kStatusIsError = 4;

class ExistingLiveRestore : public SharedVm<ExistingLiveRestore> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;
};

TEST_F(ExistingLiveRestore, AnExplicitFalseIsRespectedWithAWarning) {
  const std::string text = "{\"live-restore\": false}\n";
  ASSERT_TRUE(vm().guest().WriteFile("/etc/docker/daemon.json", text, 0644_mode).ok());
  const Container container = Container::Start(vm());
  const std::string before = Container::Identity(vm());
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  EXPECT_THAT(vm().StatusText(0),
              HasSubstr("live-restore is false in '/etc/docker/daemon.json', so containers stop"));
  EXPECT_EQ(*vm().guest().ReadFile("/etc/docker/daemon.json"), text);
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "false");
  EXPECT_NE(Container::Identity(vm()), before);  // as the warning says
}

TEST_F(ExistingLiveRestore, ATrueThatTheEngineHasNotReadYetIsActivatedFirst) {
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  vm().Shell("docker start probed");
  const std::string text = "{\"live-restore\": true}\n";
  ASSERT_TRUE(vm().guest().WriteFile("/etc/docker/daemon.json", text, 0644_mode).ok());
  const std::string before = Container::Identity(vm());
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  EXPECT_EQ(Container::Identity(vm()), before);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_EQ(Container::Identity(vm()), before);
  EXPECT_EQ(*vm().guest().ReadFile("/etc/docker/daemon.json"), text);
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
}

TEST_F(ExistingLiveRestore, AnEngineInASwarmStaysWithoutLiveRestore) {
  vm().Shell(
      "rm /etc/docker/daemon.json && systemctl restart docker.service && docker swarm init --advertise-addr "
      "192.0.2.2");
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  EXPECT_THAT(vm().StatusText(0), HasSubstr("part of a Swarm"));
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}} {{.Swarm.LocalNodeState}}"}),
            "false active");
  EXPECT_EQ(vm().DockerTlsVerify({"node", "ls"}).exit_code, 0);
  EXPECT_NE(vm().Exec({"/usr/bin/test", "-e", "/etc/docker/daemon.json"}).exit_code, 0);
}

// Docker's static binaries: no package, a service unit written by the administrator, no socket unit.
class StaticDocker : public SharedVm<StaticDocker> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (!HasVm()) return;
    vm().Shell(
        "systemctl -q disable --now docker.service docker.socket && rm /lib/systemd/system/docker.service "
        "/lib/systemd/system/docker.socket && mkdir /opt/docker && mv /usr/sbin/dockerd /opt/docker/");
    const Status written = vm().guest().WriteFile(
        "/etc/systemd/system/docker.service",
        "[Unit]\nAfter=containerd.service\nWants=containerd.service\n"
        "[Service]\nType=notify\nExecStart=/opt/docker/dockerd \\\n  "
        "--containerd=/run/containerd/containerd.sock\n"
        "KillMode=process\nDelegate=yes\nRestart=always\n[Install]\nWantedBy=multi-user.target\n",
        0644_mode);
    ASSERT_TRUE(written.ok()) << written.error().Message();
    vm().Shell("systemctl daemon-reload && systemctl -q enable --now docker.service");
  }
};

TEST_F(StaticDocker, IsConfiguredInPlaceAndRestored) {
  const Container container = Container::Start(vm());
  const std::string before = vm().Snapshot();
  const std::string identity = Container::Identity(vm());
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  EXPECT_THAT(vm().Shell("tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value docker.service)/cmdline"),
              StartsWith("/opt/docker/dockerd --containerd=/run/containerd/containerd.sock "
                         "-H unix:///var/run/docker.sock -H tcp://0.0.0.0:4243 --tlsverify"));
  EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  EXPECT_EQ(vm().Run({"/usr/bin/docker", "info", "-f", "{{.LiveRestoreEnabled}}"}), "true");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_THAT(Differences(before, vm().Snapshot()), IsEmpty());
  EXPECT_EQ(Container::Identity(vm()), identity);
}

class MaskedDocker : public SharedVm<MaskedDocker> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;
};

// Expects enable to fail at once with a remedy, and the machine to be unchanged.
void ExpectRejected(const Vm& vm, const Vm::Args& excerpts) {
  const std::string before = vm.Snapshot();
  const Vm::Output rejected = vm.Harness({"run"});
  EXPECT_EQ(rejected.exit_code, kCommandFailed);
  EXPECT_THAT(Vm::VerdictLine(rejected), HasSubstr("(exit 52)"));
  for (const std::string& excerpt : excerpts) EXPECT_THAT(vm.StatusText(0), HasSubstr(excerpt));
  EXPECT_THAT(Differences(before, vm.Snapshot()), IsEmpty());
}

TEST_F(MaskedDocker, IsRejectedWhetherItRunsOrNot) {
  vm().Shell("systemctl mask docker.service");
  const std::string pid = vm().EnginePid();
  ExpectRejected(vm(), {"docker.service is masked", "systemctl unmask docker.service"});
  EXPECT_EQ(vm().EnginePid(), pid);
  vm().Shell("systemctl stop docker.service docker.socket");
  ExpectRejected(vm(), {"systemctl unmask docker.service"});
}

class AnotherEngine : public SharedVm<AnotherEngine> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kBare;
};

TEST_F(AnotherEngine, ASnapIsRejected) {
  vm().Shell(
      "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' "
      ">/etc/systemd/system/snap.docker.dockerd.service && "
      "systemctl daemon-reload && systemctl start snap.docker.dockerd.service");
  ExpectRejected(vm(), {"installed as a snap", "snap remove docker"});
  EXPECT_EQ(vm().Run({"/usr/bin/systemctl", "is-active", "snap.docker.dockerd.service"}), "active");
  vm().Shell(
      "systemctl stop snap.docker.dockerd.service && rm /etc/systemd/system/snap.docker.dockerd.service && "
      "systemctl daemon-reload");
}

// A package that provides `docker` and conflicts with docker.io, as podman-docker does.
TEST_F(AnotherEngine, PodmanDockerIsNotRemoved) {
  vm().Shell(
      "mkdir -p /tmp/stand-in/DEBIAN /tmp/stand-in/usr/bin && cd /tmp && "
      "printf '#!/bin/sh\\nexec podman \"$@\"\\n' >stand-in/usr/bin/docker && chmod 0755 "
      "stand-in/usr/bin/docker && "
      "printf 'Package: podman-docker\\nVersion: 4.3.1\\nArchitecture: all\\nMaintainer: nobody "
      "<nobody@example.com>\\n"
      "Conflicts: docker.io\\nDescription: stand-in\\n' >stand-in/DEBIAN/control && "
      "dpkg-deb -b stand-in podman-docker.deb && dpkg -i podman-docker.deb");
  const auto packages = [] { return vm().Shell("dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n'"); };
  const std::string before = packages();
  EXPECT_EQ(vm().Harness({"run"}).exit_code, kStatusIsError);  // only apt detects it, and the worker runs apt
  EXPECT_THAT(vm().StatusText(0), HasSubstr("\"code\":52"));
  EXPECT_THAT(vm().StatusText(0), HasSubstr("would remove podman-docker; remove it yourself"));
  EXPECT_EQ(packages(), before);
  EXPECT_EQ(vm().Shell("head -n 1 /usr/bin/docker; ls -d /etc/docker /etc/systemd/system/docker.service.d "
                       "2>/dev/null; true"),
            "#!/bin/sh");
}

}  // namespace
}  // namespace dockerext
