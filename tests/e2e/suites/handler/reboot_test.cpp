// SPDX-License-Identifier: MIT
// An orderly reboot during an operation is no error of it: what was begun is taken up again afterwards.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

class Reboot : public DockerVm {
 protected:
  explicit Reboot(Guest::Image image = Guest::Image::kWithDocker) : DockerVm(image) {}
};

TEST_F(Reboot, DuringAnOperationLeavesNoFinalErrorAndTheNextEnableConverges) {
  Serve();
  AddDropIn("10-slow.conf", "ExecStartPre=/bin/sleep 8");
  auto enable = InBackground({"enable", "--port", "5000"});
  Await(std::string("grep -q :5000 ") + kOurDropIn);
  AwaitEngine("activating");
  const auto rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  enable.wait();
  EXPECT_NE(StatusLevel(), "error") << LastStatus();
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, kSuccess);
  ExpectServing(5000);
}

class RebootWithoutDocker : public Reboot {
 protected:
  RebootWithoutDocker() : Reboot(Guest::Image::kBare) {}
  std::string Docker() {
    return vm().Shell("dpkg-query -W -f '${db:Status-Abbrev}' docker.io 2>/dev/null; true");
  }
};

// Without the agent, which has no folder of the extension any more.
TEST_F(RebootWithoutDocker, DuringTheRemovalOfPackagesIsFollowedByTheirRemoval) {
  Write("/etc/apt/apt.conf.d/99slow", "DPkg::Pre-Invoke { \"sleep 8\"; };\n");
  Serve();
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, kSuccess);
  Await("pgrep -x sleep && pgrep -x apt-get");
  const auto rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  Await("! test -e /var/lib/docker-extension");
  EXPECT_THAT(vm().Shell("journalctl -b -t docker-extension -o cat"), HasSubstr("resume-removal done"))
      << "the reboot came too late";
  EXPECT_THAT(Docker(), Not(HasSubstr("ii")));
  EXPECT_NE(
      vm().Exec({"/usr/bin/test", "-e", "/etc/systemd/system/docker-extension-removal.service"}).exit_code,
      0);
}

}  // namespace
}  // namespace dockerext
