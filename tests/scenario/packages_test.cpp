// SPDX-License-Identifier: MIT
// Package managers that are locked, broken or fail: the handler waits or reports an error, and the next
// enable after the cause is fixed succeeds.
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

const CommandOutput kSuccess{0, "", ""};

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

class PackageManagerFailure : public testing::Test {
 protected:
  PackageManagerFailure() {
    vm.Set(0, R"({"docker": {"port": "4243"}})", FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  }

  StatusReport Enable() {
    vm.Run("enable");
    return vm.StatusOf(0);
  }
  // The number of commands run that have this argument.
  long CommandsWith(const std::string& arg) const {
    return std::ranges::count_if(
        vm.commands_run, [&](const auto& argv) { return std::ranges::find(argv, arg) != argv.end(); });
  }

  FakeMachine vm;
};

TEST_F(PackageManagerFailure, AHeldLockIsWaitedForAndReportedOnce) {
  vm.apt_outputs = {kListsLocked, kListsLocked, kListsLocked};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  const auto reported = std::ranges::count_if(vm.log.lines, [](const std::string& line) {
    return line.starts_with(
        "install-engine: waiting for another package manager: E: Could not get lock /var/lib/apt/lists/lock. "
        "It is held by process 42");
  });
  EXPECT_EQ(reported, 1);
}

TEST_F(PackageManagerFailure, ALockThatIsNeverReleasedIsCode56AndNamesItsHolder) {
  vm.apt_locked_for = 10000;
  const auto began = vm.clock.elapsed;
  const StatusReport status = Enable();
  EXPECT_EQ(status.level, StatusLevel::kError);
  EXPECT_EQ(status.code, 56);
  EXPECT_THAT(status.message,
              HasSubstr("still holds its lock (E: Could not get lock "
                        "/var/lib/apt/lists/lock. It is held by process 42 (apt-get)); wait"));
  EXPECT_LT(vm.clock.elapsed - began, std::chrono::minutes(31));  // once, not once per command
  vm.apt_locked_for = 0;
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(PackageManagerFailure, ANewerOperationEndsTheWait) {
  vm.apt_locked_for = 10000;
  int runs = 0;
  vm.on_apt = [&] {
    if (++runs != 3) return;
    const Status updated = OperationStore(vm.files, vm.locks).Update([](OperationRecord& record) -> Status {
      ++record.generation;
      return {};
    });
    EXPECT_TRUE(updated.ok());
  };
  EXPECT_EQ(Enable().level, StatusLevel::kTransitioning);  // the newer operation reports
  EXPECT_EQ(runs, 3);
}

TEST_F(PackageManagerFailure, AFullDiskThatStopsTheEngineIsReportedWithARemedy) {
  vm.engine_journal = "failed to start daemon: write /var/lib/docker/x: no space left on device\n";
  vm.docker.fails_to_start = [](const auto&) { return true; };
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("no space left on device; rolled back to the previous configuration; "
                                        "free some space there and set"));
  vm.docker.fails_to_start = {};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(PackageManagerFailure, AnInterruptedDpkgIsRepairedOnce) {
  vm.apt_outputs = {kSuccess, kSuccess, kInterrupted, kDpkgLocked, kSuccess};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(CommandsWith("--configure"), 2);  // the first found a lock held
}

TEST_F(PackageManagerFailure, ADpkgThatCannotBeRepairedIsReported) {
  vm.apt_outputs = {kSuccess, kSuccess, kInterrupted, kSuccess, kInterrupted};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, HasSubstr("dpkg was interrupted"));
  EXPECT_EQ(CommandsWith("--configure"), 1);
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(PackageManagerFailure, AFailureIsReportedWithThePackageManagersErrorAndARemedy) {
  vm.Set(0, R"({"docker": {"port": "4243", "source": "distribution"}})",
         FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow())));
  vm.apt_outputs = {kSuccess, kNotFound};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_EQ(
      status.message,
      "apt could not install docker.io: E: Unable to locate package docker.io; add a package archive that "
      "has it to apt's list of them (/etc/apt/sources.list*) and set the extension's settings again");
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(PackageManagerFailure, AMissingPackageIsReportedWithTheFailedRefreshOfTheLists) {
  vm.apt_outputs = {kUnreachable, kNotFound};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message,
              AllOf(HasSubstr("Unable to locate package docker.io; before that, apt could not update its "
                              "package lists: W: Failed to fetch http://***@deb.example/"),
                    HasSubstr("let this VM reach its package archives")));
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(PackageManagerFailure, ListsThatCouldNotBeRefreshedAreNoError) {
  vm.apt_outputs = {kUnreachable};
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
}

TEST_F(PackageManagerFailure, AHalfInstalledEngineIsFullyInstalledByTheNextEnable) {
  vm.apt_outputs = {kSuccess, kSuccess, kDiskFull};
  vm.half_installed = {"runc", "docker.io"};
  const StatusReport status = Enable();
  EXPECT_EQ(status.code, 52);
  EXPECT_THAT(status.message, AllOf(HasSubstr("cannot copy: No space left on device"),
                                    HasSubstr("free some space on that disk")));
  vm.docker.InstallPackage();  // dockerd and its unit are on disk
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_THAT(vm.packages, Contains("docker.io"));
}

TEST_F(PackageManagerFailure, UninstallRemovesHalfInstalledPackagesToo) {
  vm.apt_outputs = {kSuccess, kSuccess, kDiskFull};
  vm.half_installed = {"runc", "docker.io"};
  EXPECT_EQ(Enable().code, 52);
  EXPECT_EQ(vm.Run("uninstall").exit_code, 0);
  EXPECT_THAT(vm.half_installed, IsEmpty());
}

// systemd stops restarting it after a few failures.
TEST_F(PackageManagerFailure, AnEngineThatKeepsFailingDoesNotKeepItsPackages) {
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(vm.RunVerb("uninstall").exit_code, 0);
  vm.docker.crashes_on_next_info = true;
  vm.Drain();
  EXPECT_THAT(vm.packages, IsEmpty());
}

TEST_F(PackageManagerFailure, ARepeatedEnableDoesNotRunDpkgQuery) {
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  vm.commands_run.clear();
  EXPECT_EQ(Enable().level, StatusLevel::kSuccess);
  EXPECT_EQ(CommandsWith("-W"), 0);
}

}  // namespace
}  // namespace dockerext
