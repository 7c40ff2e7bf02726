// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/base/text.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Apt, AHeldLockIsNotAFailure) {
  for (const char* words :
       {"E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (unattended-upgr)",
        "E: Could not get lock /var/lib/apt/lists/lock - open (11: Resource temporarily unavailable)",
        "E: Unable to lock directory /var/lib/apt/lists/",
        "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using "
        "it?",
        "dpkg: error: dpkg frontend lock was locked by another process with pid 42"}) {
    EXPECT_EQ(kApt.judge(100, words), PackageOutcome::kLocked) << words;
  }
  EXPECT_EQ(kApt.judge(0, "E: Could not get lock"), PackageOutcome::kDone);
}

TEST(Apt, AnInterruptedDpkgCanBeRepaired) {
  EXPECT_EQ(kApt.judge(100, "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'"),
            PackageOutcome::kInterrupted);
  EXPECT_EQ(kApt.judge(100, "E: Unable to locate package docker.io"), PackageOutcome::kFailed);
}

TEST(Apt, TheArgvIsToolThenActionThenNames) {
  EXPECT_EQ(
      Join(ActionArgv(kApt, kApt.install, {"docker.io"}), " "),
      "/usr/bin/apt-get -q -y -o DPkg::Lock::Timeout=20 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -o "
      "Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-install-recommends install "
      "docker.io");
  EXPECT_EQ(Join(SimulationArgv(kApt, kApt.remove, {"docker.io"}), " "),
            "/usr/bin/apt-get -q -y -o DPkg::Lock::Timeout=20 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -o "
            "Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --simulate remove docker.io");
}

TEST(Apt, NothingAsksAndNothingRestartsTheAgent) {
  EXPECT_THAT(kApt.environment, Contains("DEBIAN_FRONTEND=noninteractive"));
  EXPECT_THAT(kApt.environment, Contains("NEEDRESTART_SUSPEND=1"));
}

TEST(Apt, ASimulationTellsNewPackagesFromUpgrades) {
  const char* simulation =
      "NOTE: This is only a simulation!\n"
      "Inst runc (1.1.5 Debian:12.9/stable [amd64])\n"
      "Inst libc6 [2.36-9] (2.36-10 Debian:12.9/stable [amd64])\n"
      "Inst docker.io (20.10.24 Debian:12.9/stable [amd64])\n"
      "Conf runc (1.1.5 Debian:12.9/stable [amd64])\n";
  EXPECT_THAT(kApt.newly_installed(simulation), ElementsAre("runc", "docker.io"));
  EXPECT_THAT(kApt.removed("Remv docker.io [20.10.24]\nRemv runc [1.1.5]\n"),
              ElementsAre("docker.io", "runc"));
}

TEST(Apt, OnlyInstalledPackagesAreListed) {
  EXPECT_THAT(kApt.installed("ii docker.io\nrc runc\nii tini\nun x\n"), ElementsAre("docker.io", "tini"));
}

TEST(Apt, TheComplaintIsItsErrorLines) {
  EXPECT_THAT(kApt.complaint("Reading...\nE: first\nW: warned\nE: second\n"),
              HasSubstr("E: first E: second"));
}

}  // namespace
}  // namespace dockerext
