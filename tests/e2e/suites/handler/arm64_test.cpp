// SPDX-License-Identifier: MIT
// The life of the extension in a VM of arm64, with the ZIP's program for it and arm64's engine. The tests
// share a VM and run in order; scripts/test runs only the first ones, MainJob*.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Arm64 : public SharedVm<Arm64> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kVm;
};

TEST_F(Arm64, MainJobAnswersAClientOnAnotherHost) {
  EXPECT_EQ(vm().Shell("uname -m"), "aarch64");
  EXPECT_NE(vm().Exec({"/bin/sh", "-c", "command -v dockerd"}).exit_code, 0) << "Docker is already installed";
  EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
  const Vm::Output info = vm().DockerTlsVerify({"info"});
  EXPECT_EQ(info.exit_code, 0) << info.err;
  EXPECT_THAT(info.out, AllOf(HasSubstr("Architecture: aarch64"), HasSubstr("Cgroup Version: 2"),
                              HasSubstr("Cgroup Driver: systemd")));
  vm().ExpectServing(4243);
}

TEST_F(Arm64, MainJobRepeatedChangesNothing) {
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
}

TEST_F(Arm64, ANewPortIsServedAndTheOldOneClosed) {
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  vm().ExpectServing(5000);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Harness({"enable", "--port", "4243"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(5000));
  vm().ExpectServing(4243);
}

TEST_F(Arm64, DisableClosesRemoteAccessAndEnableOpensItAgain) {
  EXPECT_EQ(vm().Harness({"disable"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_THAT(vm().Run({"/usr/bin/docker", "info"}), HasSubstr("Server Version: "));
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  vm().ExpectServing(4243);
}

TEST_F(Arm64, AnUpdateRestartsNothing) {
  ASSERT_TRUE(std::filesystem::exists(Variable("DX_ZIP_NEXT")))
      << "DX_ZIP_NEXT does not name an existing file";
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP_NEXT")}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
  vm().ExpectServing(4243);
}

TEST_F(Arm64, RemoteAccessSurvivesAReboot) {
  const Status rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  vm().ExpectServing(4243);
}

TEST_F(Arm64, UninstallLeavesNothingOfTheExtension) {
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  // The packages are removed in the background.
  vm().Await("! test -e /var/lib/docker-extension", 600);
  EXPECT_EQ(vm().Shell("ls -d /etc/docker/docker-extension /var/lib/waagent/Example* "
                       "/etc/systemd/system/docker.service.d 2>/dev/null | wc -l"),
            "0");
  EXPECT_NE(vm().Exec({"/bin/sh", "-c", "command -v dockerd"}).exit_code, 0);
}

}  // namespace
}  // namespace dockerext
