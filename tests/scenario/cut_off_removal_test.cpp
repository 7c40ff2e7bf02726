// SPDX-License-Identifier: MIT
// A removal of packages that a reboot, a power cut or a failing script cut off.
#include <gmock/gmock.h>

#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

class CutOffRemoval : public testing::Test {
 protected:
  void SetUp() override { vm.Set(0, R"({"docker": {"port": "4243"}})", certs); }

  // As the next boot does.
  int ResumeRemoval() {
    const std::string unit = vm.files.Content("/etc/systemd/system/docker-extension-removal.service");
    const auto begin = unit.find("ExecStart=") + 10;
    const std::string program = unit.substr(begin, unit.find(' ', begin) - begin);
    EXPECT_TRUE(vm.files.Has(program));
    EXPECT_TRUE(vm.files.RemoveTree("/run/docker-extension").ok());
    return vm.RunProgram(program, {"resume-removal"}, {}).exit_code;
  }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

TEST_F(CutOffRemoval, GoesOnAfterTheReboot) {
  vm.Run("enable");
  vm.RunVerb("uninstall");
  EXPECT_EQ(ResumeRemoval(), 0);
  EXPECT_FALSE(vm.docker.installed());
  EXPECT_THAT(vm.files.Tree({"/var/lib/docker-extension"}), testing::IsEmpty());
  EXPECT_FALSE(vm.files.Has("/etc/systemd/system/docker-extension-removal.service"));
}

// A power cut during apt does it, and a maintainer script that fails.
TEST_F(CutOffRemoval, WhatItLeftInstalledGoesWithTheNextOne) {
  vm.Run("enable");
  vm.cuts_off_removal = true;
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, testing::ElementsAre("runc"));
  EXPECT_EQ(ResumeRemoval(), 0);
  EXPECT_THAT(vm.packages, testing::IsEmpty());
}

// An enable in between makes it the extension's again.
TEST_F(CutOffRemoval, WhatItLeftInstalledGoesWithAnUninstallAfterAnEnable) {
  vm.Run("enable");
  vm.cuts_off_removal = true;
  vm.Run("uninstall");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  vm.Run("uninstall");
  EXPECT_THAT(vm.packages, testing::IsEmpty());
}

TEST_F(CutOffRemoval, IsEndedByAnEnable) {
  vm.Run("enable");
  vm.RunVerb("uninstall");
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kSuccess) << vm.StatusOf(0).message;
  EXPECT_FALSE(vm.files.Has("/etc/systemd/system/docker-extension-removal.service"));
  EXPECT_TRUE(vm.docker.installed());
}

}  // namespace
}  // namespace dockerext
