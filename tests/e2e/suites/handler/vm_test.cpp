// SPDX-License-Identifier: MIT
// What only a real VM shows: the main scenario on a kernel of its own with pure cgroup v2, a power cut that
// loses what was not flushed, and a clock that is past the certificates' last day; with DX_RELEASE=arm64 all
// that by the ZIP's other program. The tests share a VM and run in order.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RealVm : public SharedVm<RealVm> {
 public:
  static Guest::Options Options() { return {.image = Guest::Image::kVm, .up = {"--lose-unflushed"}}; }
};

TEST_F(RealVm, AColdInstallOnPureCgroupV2AnswersAClientOnAnotherHost) {
  const std::string machine = vm().Shell("uname -m");
  EXPECT_EQ(machine == "aarch64", Variable("DX_RELEASE") == "arm64");
  EXPECT_EQ(vm().Shell("stat -f -c %T /sys/fs/cgroup"), "cgroup2fs");
  EXPECT_NE(vm().Exec({"/bin/sh", "-c", "command -v dockerd"}).exit_code, 0) << "Docker is already installed";
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  const Vm::Output info = vm().DockerTlsVerify({"info"});
  EXPECT_EQ(info.exit_code, 0) << info.err;
  EXPECT_THAT(info.out, AllOf(HasSubstr("Architecture: " + machine), HasSubstr("Cgroup Version: 2"),
                              HasSubstr("Cgroup Driver: systemd")));
  vm().ExpectServing(4243);
}

TEST_F(RealVm, RepeatedSettingsChangeNothing) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
}

TEST_F(RealVm, APowerCutThatLosesWhatWasNotFlushedLosesNothingOfASuccess) {
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  ASSERT_TRUE(vm().guest().WriteFile("/root/unflushed", "lost", 0600_mode).ok());
  const Status cut = vm().guest().PowerCut();
  ASSERT_TRUE(cut.ok()) << cut.error().Message();
  EXPECT_THAT(vm().Shell("cat /root/unflushed 2>/dev/null; true"), Not(HasSubstr("lost")));
  EXPECT_FALSE(vm().IsOpen(4243));
  vm().ExpectServing(5000);
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Harness({"enable", "--port", "4243"}).exit_code, 0);
  vm().ExpectServing(4243);
}

TEST_F(RealVm, DisableClosesRemoteAccessAndEnableOpensItAgain) {
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_THAT(vm().Run({"/usr/bin/docker", "info"}), HasSubstr("Server Version: "));
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  vm().ExpectServing(4243);
}

TEST_F(RealVm, AnUpdateRestartsNothing) {
  ASSERT_TRUE(std::filesystem::exists(Variable("DX_ZIP_NEXT")))
      << "DX_ZIP_NEXT does not name an existing file";
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP_NEXT")}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
  vm().ExpectServing(4243);
}

// What is served stays served; what is new, and already past its last day there, is an error.
TEST_F(RealVm, ABootAfterTheCertificatesLastDayLeavesThePortAsItWas) {
  const Status rebooted = vm().guest().Reboot({"--clock", "+400d"});
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const Vm::Output served = vm().Harness({"enable"});
  EXPECT_EQ(served.exit_code, 0);
  EXPECT_THAT(served.out + served.err, HasSubstr("the certificate expired on"));
  std::filesystem::rename(vm().credentials(), vm().Scratch("served-credentials"));
  const Vm::Output expired = vm().Harness({"enable"});
  EXPECT_NE(expired.exit_code, 0);
  EXPECT_THAT(Vm::VerdictLine(expired), AllOf(HasSubstr("53"), HasSubstr("expired on")));
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  EXPECT_TRUE(vm().IsOpen(4243));
}

// The packages are removed in the background.
TEST_F(RealVm, UninstallLeavesNothingOfTheExtension) {
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  vm().Await("! test -e /var/lib/docker-extension", 600);
  EXPECT_EQ(vm().Shell("ls -d /etc/docker/docker-extension /var/lib/waagent/Example* "
                       "/etc/systemd/system/docker.service.d 2>/dev/null | wc -l"),
            "0");
  EXPECT_NE(vm().Exec({"/bin/sh", "-c", "command -v dockerd"}).exit_code, 0);
}

}  // namespace
}  // namespace dockerext
