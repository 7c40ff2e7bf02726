// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/base/text.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// Output of apt-get and dpkg, recorded on Debian 11 (apt 2.2.4, dpkg 1.20.13), 12 (2.6.2, 1.21.23) and 13
// (3.0.4, 1.22.22); apt's messages are the same on all of them.
PackageOutcome Classify(int exit_code, std::string_view output) {
  return kApt.classify({PackageAction::kInstall, false, exit_code, output});
}

std::string Argv(PackageAction action, bool simulated, const std::vector<std::string>& names) {
  return Join(kApt.command(action, simulated, names), " ");
}

struct HeldLock {
  std::string output;
  std::string holder;  // as the excerpt names it
};

const HeldLock kHeldLocks[] = {
    {"Reading package lists...\n"
     "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 54 (unattended-upgr)\n"
     "E: Unable to lock directory /var/lib/apt/lists/\n",
     "/var/lib/apt/lists/lock. It is held by process 54 (unattended-upgr)"},
    {"docker.io is already the newest version.\n"
     "E: Could not get lock /var/cache/apt/archives/lock. It is held by process 270 (unattended-upgr)\n"
     "E: Unable to lock directory /var/cache/apt/archives/\n",
     "/var/cache/apt/archives/lock. It is held by process 270 (unattended-upgr)"},
    {"E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 314 (unattended-upgr)\n"
     "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using "
     "it?\n",
     "/var/lib/dpkg/lock-frontend. It is held by process 314 (unattended-upgr)"},
    {"E: Could not get lock /var/lib/dpkg/lock. It is held by process 357 (dpkg)\n"
     "E: Unable to lock the administration directory (/var/lib/dpkg/), is another process using it?\n",
     "/var/lib/dpkg/lock. It is held by process 357 (dpkg)"},
    // dpkg --configure -a, on Debian 11 and 12, and on 13
    {"dpkg: error: dpkg frontend lock was locked by another process with pid 314\n"
     "Note: removing the lock file is always wrong, can damage the locked area\n"
     "and the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.\n",
     "dpkg frontend lock was locked by another process with pid 314"},
    {"dpkg: error: dpkg database lock was locked by another process with pid 357\n",
     "dpkg database lock was locked by another process with pid 357"},
    {"dpkg: error: dpkg frontend lock was locked by /usr/bin/perl process with pid 96\n",
     "dpkg frontend lock was locked by /usr/bin/perl process with pid 96"},
    // without /proc, and dpkg of Ubuntu 20.04
    {"E: Could not get lock /var/lib/apt/lists/lock - open (11: Resource temporarily unavailable)\n",
     "/var/lib/apt/lists/lock"},
    {"dpkg: error: dpkg frontend lock is locked by another process\n", "dpkg frontend lock is locked"},
};

TEST(Apt, AHeldLockIsNotAFailureAndItsHolderIsNamed) {
  for (const HeldLock& held : kHeldLocks) {
    EXPECT_EQ(Classify(100, held.output), PackageOutcome::kLocked) << held.output;
    EXPECT_THAT(kApt.error_excerpt(held.output), HasSubstr(held.holder));
  }
  EXPECT_EQ(Classify(0, "E: Could not get lock"), PackageOutcome::kDone);
}

TEST(Apt, ALockThatCannotBeOpenedIsNotWaitedFor) {
  const char* full =
      "E: Could not open lock file /var/lib/apt/lists/lock - open (28: No space left on device)\n"
      "E: Unable to lock directory /var/lib/apt/lists/\n";
  EXPECT_EQ(Classify(100, full), PackageOutcome::kFailed);
  EXPECT_THAT(kApt.error_excerpt(full), HasSubstr("(28: No space left on device)"));
  EXPECT_EQ(&kApt.cause(full), &errors::kPackagesDiskFull);
  EXPECT_EQ(Classify(100,
                     "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission "
                     "denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), "
                     "are you root?\n"),
            PackageOutcome::kFailed);
}

TEST(Apt, AnInterruptedDpkgCanBeRepaired) {
  EXPECT_EQ(Classify(100, "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'"),
            PackageOutcome::kInterrupted);
  EXPECT_EQ(Classify(2, "E: Unable to write to /var/cache/apt/"), PackageOutcome::kFailed);
}

// Recorded on Debian 12 (apt 2.6.1).
const char* const kUnreachable[] = {
    "Err:1 http://127.0.0.1:9/debian bookworm InRelease\n"
    "  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)\n"
    "Reading package lists...\n"
    "W: Failed to fetch http://127.0.0.1:9/debian/dists/bookworm/InRelease  Could not connect to 127.0.0.1:9 "
    "(127.0.0.1). - connect (111: Connection refused)\n"
    "W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
    "Err:1 http://deb.example.invalid/debian bookworm InRelease\n"
    "  Could not resolve 'deb.example.invalid'\n"
    "W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
    "Ign:1 http://deb.example.org/debian bookworm InRelease\n"
    "Err:1 http://deb.example.org/debian bookworm InRelease\n"
    "  Temporary failure resolving 'deb.example.org'\n"
    "W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
    // without a network
    "Ign:1 http://192.0.2.1/debian bookworm InRelease\n"
    "Err:2 http://192.0.2.1/debian bookworm Release\n"
    "  Cannot initiate the connection to 192.0.2.1:80 (192.0.2.1). - connect (101: Network is unreachable)\n"
    "Reading package lists...\n"
    "E: The repository 'http://192.0.2.1/debian bookworm Release' does not have a Release file.\n",
    "Err:1 http://127.0.0.1:8080 bookworm InRelease\n"
    "  Connection failed [IP: 127.0.0.1 8080]\n"
    "W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
    "Err:1 http://127.0.0.1:8080 bookworm InRelease\n"
    "  503  Service Unavailable [IP: 127.0.0.1 8080]\n"
    "E: Failed to fetch http://127.0.0.1:8080/dists/bookworm/InRelease  503  Service Unavailable [IP: "
    "127.0.0.1 "
    "8080]\n"
    "E: The repository 'http://127.0.0.1:8080 bookworm InRelease' is not signed.\n",
    // one of two archives
    "Ign:1 http://127.0.0.1:8080 bookworm InRelease\n"
    "Err:2 http://deb.example.invalid/debian bookworm InRelease\n"
    "  Could not resolve 'deb.example.invalid'\n"
    "Err:3 http://127.0.0.1:8080 bookworm Release\n"
    "  404  Not Found [IP: 127.0.0.1 8080]\n"
    "E: The repository 'http://127.0.0.1:8080 bookworm Release' does not have a Release file.\n",
};

TEST(Apt, AnArchiveThatCannotBeReachedIsNotAFailure) {
  for (const char* output : kUnreachable) {
    const int exit_code = std::string_view(output).find("E: ") == std::string_view::npos ? 0 : 100;
    EXPECT_EQ(Classify(exit_code, output), PackageOutcome::kUnreachable) << output;
    EXPECT_EQ(&kApt.cause(kApt.error_excerpt(output)), &errors::kPackagesUnreachable);
  }
}

TEST(Apt, WithoutANetworkTheExcerptSaysSo) {
  EXPECT_EQ(
      kApt.error_excerpt(kUnreachable[3]),
      "Cannot initiate the connection to 192.0.2.1:80 (192.0.2.1). - connect (101: Network is unreachable) "
      "E: The repository 'http://192.0.2.1/debian bookworm Release' does not have a Release file");
}

TEST(Apt, WhatAnArchiveAnswersOrAPackageScriptPrintsIsNotAMissingNetwork) {
  EXPECT_EQ(Classify(100,
                     "Err:2 http://127.0.0.1:8080 bookworm Release\n"
                     "  404  Not Found [IP: 127.0.0.1 8080]\n"
                     "E: The repository 'http://127.0.0.1:8080 bookworm Release' does not have a Release "
                     "file.\n"),
            PackageOutcome::kFailed);
  EXPECT_EQ(Classify(100,
                     "Setting up downloader (1) ...\n"
                     "  Could not resolve host: example.org\n"
                     "dpkg: error processing package downloader (--configure):\n"),
            PackageOutcome::kFailed);
}

TEST(Apt, WhatNewerListsMayMendIsNotAPlainFailure) {
  for (const char* output :
       {"E: Unable to locate package docker.io\n", "E: Package 'docker.io' has no installation candidate\n",
        "Err:1 http://127.0.0.1:8080 bookworm/main amd64 docker.io amd64 20.10.24\n"
        "  404  Not Found [IP: 127.0.0.1 8080]\n"
        "E: Failed to fetch http://127.0.0.1:8080/docker.io.deb  404  Not Found [IP: 127.0.0.1 8080]\n"
        "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n"}) {
    EXPECT_EQ(Classify(100, output), PackageOutcome::kNotOffered) << output;
  }
}

TEST(Apt, TheArgvIsToolThenActionThenNames) {
  EXPECT_EQ(Argv(PackageAction::kInstall, false, {"docker.io"}),
            "/usr/bin/apt-get -q -y -o DPkg::Lock::Timeout=0 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -o "
            "Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-remove "
            "--no-install-recommends install -- "
            "docker.io");
  EXPECT_EQ(Argv(PackageAction::kRemove, true, {"docker.io"}),
            "/usr/bin/apt-get -q -y -o DPkg::Lock::Timeout=0 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -o "
            "Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-remove --simulate "
            "--remove --remove remove -- docker.io");
}

// A simulation shows what would be removed; the installation that follows removes nothing, whatever came
// between.
TEST(Apt, OnlyARemovalRemoves) {
  const auto last = [](const std::vector<std::string>& argv) {
    const auto is_choice = [](const std::string& arg) { return arg == "--remove" || arg == "--no-remove"; };
    return *std::find_if(argv.rbegin(), argv.rend(), is_choice);
  };
  EXPECT_EQ(last(kApt.command(PackageAction::kInstall, false, {"docker.io"})), "--no-remove");
  EXPECT_EQ(last(kApt.command(PackageAction::kRefresh, false, {})), "--no-remove");
  EXPECT_EQ(last(kApt.command(PackageAction::kInstall, true, {"docker.io"})), "--remove");
  EXPECT_EQ(last(kApt.command(PackageAction::kRemove, false, {"docker.io"})), "--remove");
  for (const auto action : {PackageAction::kInstall, PackageAction::kDowngrade, PackageAction::kRemove})
    EXPECT_EQ(kApt.command(action, false, {}).back(), "--");
}

TEST(Apt, NothingPromptsAndNothingRestartsTheAgent) {
  EXPECT_THAT(kApt.environment, Contains("DEBIAN_FRONTEND=noninteractive"));
  EXPECT_THAT(kApt.environment, Contains("NEEDRESTART_SUSPEND=1"));
}

TEST(Apt, ASimulationDistinguishesNewPackagesFromUpgrades) {
  const char* simulation =
      "NOTE: This is only a simulation!\n"
      "Inst runc (1.1.5 Debian:12.9/stable [amd64])\n"
      "Inst libc6 [2.36-9] (2.36-10 Debian:12.9/stable [amd64])\n"
      "Inst docker.io (20.10.24 Debian:12.9/stable [amd64])\n"
      "Conf runc (1.1.5 Debian:12.9/stable [amd64])\n";
  EXPECT_THAT(kApt.transaction(simulation).installed, ElementsAre("runc", "docker.io"));
  EXPECT_THAT(kApt.transaction("Remv docker.io [20.10.24]\nRemv runc [1.1.5]\n").removed,
              ElementsAre("docker.io", "runc"));
}

TEST(Apt, APackageOfWhichOnlyConfigurationIsLeftIsNotPresent) {
  const char* list =
      "ii docker.io 20.10.24+dfsg1-1\nhi held 5:2\nrc runc 1\niU tini 1\niF netbase 1\niHRbroken 1\nin gone\n"
      "un x \niW waits 1\n";
  EXPECT_THAT(kApt.installed(list),
              ElementsAre(InstalledPackage{"docker.io", "20.10.24+dfsg1-1"}, InstalledPackage{"held", "5:2"},
                          InstalledPackage{"tini", "1", false}, InstalledPackage{"netbase", "1", false},
                          InstalledPackage{"broken", "1", false}, InstalledPackage{"waits", "1"}));
}

TEST(Apt, ListsThatCouldNotBeUpdatedAreAFailureWhateverTheExitCode) {
  EXPECT_EQ(Classify(0,
                     "W: GPG error: file:/srv/apt bookworm InRelease: The following signatures were "
                     "invalid: BADSIG 180837EAD5523229\n"
                     "W: Some index files failed to download. They have been ignored, or old ones used "
                     "instead.\n"),
            PackageOutcome::kFailed);
}

}  // namespace
}  // namespace dockerext
