// SPDX-License-Identifier: MIT
// What uninstall leaves and what it takes away when the VM is not as it was: a stopped dockerd with a living
// container, a package that became the owner's, a ledger that cannot be read, another
// sibling, a restart that is under way.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Docker was installed by the extension.
class InstalledDocker : public DockerVm {
 protected:
  InstalledDocker() : DockerVm(Guest::Image::kBare) {}
  void SetUp() override {
    DockerVm::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) Serve();
  }

  void Uninstall() { EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess); }
  void AwaitRemoval() {
    Await("! test -e /var/lib/docker-extension", 120);
    EXPECT_THAT(Installed(), Not(HasSubstr("ii docker.io")));
  }
  std::string Installed() {
    return vm().Shell(
        "dpkg-query -W -f '${db:Status-Abbrev}${Package} ' docker.io containerd runc tini "
        "2>/dev/null; true");
  }
};

TEST_F(InstalledDocker, StaysUnderALivingContainerOfAStoppedDockerd) {
  Container::Start(vm());
  const std::string process = vm().Run({"/usr/bin/pgrep", "-f", "/availability-probe serve"});
  vm().Shell("systemctl stop docker.socket docker.service");
  Uninstall();
  Await("! test -e /var/lib/docker-extension", 120);
  EXPECT_THAT(Installed(),
              AllOf(HasSubstr("ii docker.io"), HasSubstr("ii containerd"), HasSubstr("ii runc")));
  vm().Run({"/usr/bin/systemctl", "start", "docker.service"});
  EXPECT_EQ(vm().Run({"/usr/bin/pgrep", "-f", "/availability-probe serve"}), process);
}

TEST_F(InstalledDocker, GoesWithoutAPackageThatBecameTheOwners) {
  vm().Shell("apt-get -qq update && apt-mark -qq manual tini");
  Uninstall();
  AwaitRemoval();
  EXPECT_THAT(Installed(), HasSubstr("ii tini"));
}

// By then there are no settings that could be set again.
TEST_F(InstalledDocker, GoesOnceWhatHeldItIsReleasedAndItsUnitStarted) {
  vm().Shell("apt-mark -qq hold docker.io");
  Uninstall();
  Await(
      "journalctl -t docker-extension | grep -q 'Held packages.*start docker-extension-removal.service, as "
      "the '",
      60);
  EXPECT_THAT(Installed(), HasSubstr("hi docker.io"));
  vm().Shell("apt-mark -qq unhold docker.io && systemctl start docker-extension-removal.service");
  AwaitRemoval();
  EXPECT_EQ(vm().Shell("ls /etc/systemd/system | grep docker-extension; true"), "");
}

// An update to 1.0.1 was interrupted after the old version's disable; then the agent updates to 1.0.2.
TEST_F(InstalledDocker, StaysInAnUpdateBesideTheFolderOfAnInterruptedOne) {
  vm().Shell(
      "cd /var/lib/waagent && cp -a Example.Extensions.DockerExtension-1.0.0 "
      "Example.Extensions.DockerExtension-1.0.1 && printf NotInstalled "
      ">Example.Extensions.DockerExtension-1.0.1/config/HandlerState && touch "
      "Example.Extensions.DockerExtension-1.0.1/config/*");
  EXPECT_EQ(vm().Verb("disable", 0).exit_code, 0);
  ExpectServing();
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP"), "--version", "1.0.2"}).exit_code, kSuccess);
  EXPECT_EQ(vm().EnginePid(), pid);
  ExpectServing();
  vm().Run({"/bin/sleep", "5"});  // a removal of packages would run in the background
  EXPECT_EQ(vm().Shell("grep -c ' remove docker.io' /var/log/dpkg.log; true"), "0");
  EXPECT_THAT(Installed(), HasSubstr("ii docker.io"));
}

class ExistingDocker : public DockerVm {};

TEST_F(ExistingDocker, KeepsNoPrivateKeyAfterALedgerThatCannotBeRead) {
  Serve();
  Write(kLedger, "garbage", 0600_mode);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Shell("find /etc/docker -name '*key.pem' -o -name '*cert.pem'"), "");
  EXPECT_EQ(vm().Run({"/usr/bin/systemctl", "is-active", "docker.service"}), "active");
}

TEST_F(ExistingDocker, IsClosedForGoodByUninstallDuringTheStartOfARestart) {
  Serve();
  AddDropIn("10-slow.conf", "ExecStartPre=/bin/sleep 10");
  vm().Run({"/usr/bin/systemctl", "restart", "--no-block", "docker.service"});
  AwaitEngine("activating");
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  EXPECT_FALSE(vm().IsOpen(4243));
  AwaitEngine("active");
  EXPECT_FALSE(vm().IsOpen(4243)) << "a start that was under way opened the port again";
}

// systemd has forked the process that becomes dockerd, and the old command line is already its own: it cannot
// go on before somebody reads its output.
TEST_F(ExistingDocker, IsClosedForGoodByDisableJustBeforeDockerdIsExecuted) {
  Serve();
  Write("/usr/local/bin/read-output", "#!/bin/sh\nwhile :; do cat /run/dockerd.output; done\n", 0755_mode);
  vm().Run({"/usr/bin/mkfifo", "/run/dockerd.output"});
  AddDropIn("10-output.conf", "StandardOutput=file:/run/dockerd.output");
  vm().Run({"/usr/bin/systemctl", "restart", "--no-block", "docker.service"});
  Await("grep -q '^(dockerd)' /proc/$(systemctl show --value -p MainPID docker.service)/cmdline");
  vm().Run({"/usr/bin/systemd-run", "-q", "--on-active=5", "/usr/local/bin/read-output"});
  EXPECT_EQ(vm().Verb("disable", 0).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  AwaitEngine("active");
  EXPECT_FALSE(vm().IsOpen(4243)) << "a start that was under way opened the port again";
}

}  // namespace
}  // namespace dockerext
