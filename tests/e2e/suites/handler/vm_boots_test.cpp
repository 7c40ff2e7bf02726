// SPDX-License-Identifier: MIT
// Boots that only a real VM can have: in 1970, where the clock's battery is lost, and an orderly one in the
// middle of apt.
#include <gmock/gmock.h>

#include <ctime>
#include <future>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void Reboot(const Vm& vm, const Guest::Arguments& options = {}) {
  const Status rebooted = vm.guest().Reboot(options);
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
}

// The tests share a VM and run in order.
class VmIn1970 : public SharedVm<VmIn1970> {
 public:
  static Guest::Options Options() { return {.image = Guest::Image::kVm, .up = {"--clock", "1970-01-02"}}; }
};

TEST_F(VmIn1970, AFirstEnableNamesTheClockAndLeavesTheVmAsItWas) {
  ASSERT_THAT(vm().Shell("date +%Y"), "1970");
  const std::string etc = vm().Shell("find /etc -type f -exec sha256sum {} + | sort");
  const Vm::Output refused = vm().Harness({"run"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(Vm::VerdictLine(refused),
              AllOf(HasSubstr("53"), HasSubstr("is not valid before"),
                    HasSubstr("check this machine's clock"), HasSubstr("1970-01-02")));
  EXPECT_EQ(vm().Shell("find /etc -type f -exec sha256sum {} + | sort"), etc);
  EXPECT_NE(vm().Exec({"/bin/sh", "-c", "command -v dockerd"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
}

TEST_F(VmIn1970, TheNextEnableServesOnceTheClockIsRight) {
  Reboot(vm(), {"--clock", "+0s"});
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  vm().ExpectServing(4243);
}

// dockerd itself refuses a client whose certificate begins later.
TEST_F(VmIn1970, ABootIn1970LeavesWhatIsServedAsItWas) {
  Reboot(vm(), {"--clock", "1970-01-02"});
  ASSERT_THAT(vm().Shell("date +%Y"), "1970");
  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const Vm::Output enabled = vm().Harness({"enable"});
  EXPECT_EQ(enabled.exit_code, 0);
  EXPECT_THAT(enabled.out + enabled.err, HasSubstr("not valid before"));
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Tree(), tree);
  EXPECT_TRUE(vm().IsOpen(4243));
  EXPECT_NE(vm().Docker({"--tls"}, 4243, {"version"}).exit_code, 0);
}

TEST_F(VmIn1970, AChangeIn1970IsAppliedOnce) {
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  EXPECT_TRUE(vm().IsOpen(5000));
  EXPECT_FALSE(vm().IsOpen(4243));
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"enable", "--port", "5000"}).exit_code, 0);
  EXPECT_EQ(vm().EnginePid(), pid);
}

// As when the time comes from the network only after dockerd has started: its start is older than every file.
TEST_F(VmIn1970, WhatIsServedAnswersAgainOnceTheClockIsRight) {
  vm().Run({"/bin/date", "-s", "@" + std::to_string(std::time(nullptr))});
  vm().ExpectServing(5000);
  const std::string pid = vm().EnginePid();
  const Vm::Output enabled = vm().Harness({"enable", "--port", "5000"});
  EXPECT_EQ(enabled.exit_code, 0);
  EXPECT_THAT(enabled.out + enabled.err, Not(HasSubstr("not valid before")));
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Harness({"enable", "--port", "4243"}).exit_code, 0);
  vm().ExpectServing(4243);
}

class VmWithoutDocker : public SharedVm<VmWithoutDocker> {
 public:
  static Guest::Options Options() { return {.image = Guest::Image::kVm}; }
};

TEST_F(VmWithoutDocker, ARebootDuringAptIsRepairedByTheNextEnable) {
  auto enable = std::async(std::launch::async, [] { return vm().Harness({"run"}).exit_code; });
  vm().Await("grep 'status unpacked containerd' /var/log/dpkg.log", 300);
  Reboot(vm());
  EXPECT_NE(enable.get(), 0) << "the operation had finished";
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, 0);
  EXPECT_EQ(vm().Shell("dpkg --audit"), "");
  vm().ExpectServing(4243);
}

}  // namespace
}  // namespace dockerext
