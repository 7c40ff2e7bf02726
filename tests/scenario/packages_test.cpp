// SPDX-License-Identifier: MIT
// Package managers that are busy, broken or cannot do what is wanted: waited for or told, and the next enable
// after the cause is gone ends in success.
#include <gmock/gmock.h>

#include <algorithm>

#include "handler/state/operation_store.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const CommandOutput kWorks{0, "", ""};

const CommandOutput kListsLocked{
    100, "", "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (unattended-upgr)\n"};
const CommandOutput kInterrupted{
    100, "",
    "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. \n"};
const CommandOutput kDpkgLocked{
    2, "", "dpkg: error: dpkg frontend lock was locked by another process with pid 42\n"};
const CommandOutput kUnreachable{
    0, "",
    "W: Failed to fetch http://user:secret@deb.example/InRelease  Could not connect to deb.example:80\n"
    "W: Some index files failed to download. They have been ignored, or old ones used instead.\n"};
const CommandOutput kNotFound{100, "", "E: Unable to locate package docker.io\n"};
const CommandOutput kDiskFull{
    100, "",
    "dpkg: error processing archive /tmp/docker.io.deb (--unpack):\n cannot copy: No space left on device\n"
    "E: Sub-process /usr/bin/dpkg returned an error code (1)\n"};

class BusyPackages : public testing::Test {
 protected:
  BusyPackages() {
    vm.Set(0, R"({"docker": {"port": "4243"}})", FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  }

  StatusReport Enable() {
    vm.Run("enable");
    return vm.StatusOf(0);
  }
  // How often a command was run that has this word.
  long Ran(const std::string& word) const {
    return std::ranges::count_if(
        vm.ran, [&](const auto& argv) { return std::ranges::find(argv, word) != argv.end(); });
  }

  FakeMachine vm;
};

TEST_F(BusyPackages, AHeldLockIsWaitedForAndToldOnce) {
  vm.apt_says = {kListsLocked, kListsLocked, kListsLocked};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  const auto told = std::ranges::count_if(vm.log.lines, [](const std::string& line) {
    return line.starts_with(
        "install-engine: waiting for another package manager to end: E: Could not get lock "
        "/var/lib/apt/lists/lock. It is held by process 42");
  });
  EXPECT_EQ(told, 1);
}

TEST_F(BusyPackages, ALockThatIsNeverGivenBackIsCode56AndNamesItsHolder) {
  vm.apt_locked_for = 10000;
  const auto began = vm.clock.elapsed;
  const StatusReport status = Enable();
  EXPECT_EQ(status.level, StatusLevel::kError);
  EXPECT_EQ(status.code, 56);
  EXPECT_THAT(status.message,
              HasSubstr("has held its lock for 10 minutes (E: Could not get lock "
                        "/var/lib/apt/lists/lock. It is held by process 42 (apt-get)); wait"));
  EXPECT_LT(vm.clock.elapsed - began, std::chrono::minutes(11));  // once, not once per command
  vm.apt_locked_for = 0;
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(BusyPackages, ANewerCommandEndsTheWait) {
  vm.apt_locked_for = 10000;
  int runs = 0;
  vm.on_apt = [&] {
    if (++runs != 3) return;
    const Status raised = OperationStore(vm.files, vm.locks).Update([](OperationRecord& record) -> Status {
      ++record.generation;
      return {};
    });
    EXPECT_TRUE(raised.ok());
  };
  EXPECT_EQ(Enable().level, StatusLevel::kTransitioning);  // the newer one has the word
  EXPECT_EQ(runs, 3);
}

TEST_F(BusyPackages, ADiskThatIsFullForTheEngineIsToldWithWhatToDo) {
  vm.engine_journal = "failed to start daemon: write /var/lib/docker/x: no space left on device\n";
  vm.docker.refuses = [](const auto&) { return true; };
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("no space left on device; free some space there and set"));
  vm.docker.refuses = {};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(BusyPackages, AnInterruptedDpkgIsRepairedOnce) {
  vm.apt_says = {kWorks, kWorks, kInterrupted, kDpkgLocked, kWorks};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(Ran("--configure"), 2);  // the first met a lock
}

TEST_F(BusyPackages, ADpkgThatCannotBeRepairedIsTold) {
  vm.apt_says = {kWorks, kWorks, kInterrupted, kWorks, kInterrupted};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("dpkg was interrupted"));
  EXPECT_EQ(Ran("--configure"), 1);
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(BusyPackages, AFailureIsToldInTheManagersWordsWithWhatToDo) {
  vm.apt_says = {kWorks, kNotFound};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_EQ(
      status.message,
      "apt could not install docker.io: E: Unable to locate package docker.io; add a package archive that "
      "has it to apt's list of them (/etc/apt/sources.list*) and set the extension's settings again");
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(BusyPackages, APackageWhoseListCouldNotBeReadIsNotJustMissing) {
  vm.apt_says = {kUnreachable, kNotFound};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              AllOf(HasSubstr("Unable to locate package docker.io; before that, apt could not "
                              "refresh its lists of packages: W: Failed to fetch http://***@deb.example/"),
                    HasSubstr("let this VM reach its package archives")));
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(BusyPackages, ListsThatCouldNotBeRefreshedMayDo) {
  vm.apt_says = {kUnreachable};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(BusyPackages, AnEngineThatIsHalfInstalledIsInstalledToItsEnd) {
  vm.apt_says = {kWorks, kWorks, kDiskFull};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, AllOf(HasSubstr("cannot copy: No space left on device"),
                                    HasSubstr("free some space on that disk")));
  vm.docker.InstallPackage();  // dockerd and its unit are there
  vm.half_installed = {"runc", "docker.io"};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, Contains("docker.io"));
}

TEST_F(BusyPackages, WhatIsHalfInstalledIsTakenAwayToo) {
  vm.apt_says = {kWorks, kWorks, kDiskFull};
  EXPECT_EQ(Enable().code, 52);
  vm.half_installed = {"runc", "docker.io"};
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_THAT(vm.half_installed, IsEmpty());
}

// systemd gives up on it before long.
TEST_F(BusyPackages, AnEngineThatFailsAgainAndAgainDoesNotKeepItsPackages) {
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.RunVerb("uninstall").exit_code, 0);
  vm.docker.dies_when_asked = true;
  vm.Drain();
  EXPECT_THAT(vm.packages, IsEmpty());
}

TEST_F(BusyPackages, ARepeatedEnableDoesNotAskDpkg) {
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.ran.clear();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(Ran("-W"), 0);
}

}  // namespace
}  // namespace dockerext
