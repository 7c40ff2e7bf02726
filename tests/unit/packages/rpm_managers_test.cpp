// SPDX-License-Identifier: MIT
// What dnf 4, dnf5 and zypper say in each case. The fixtures are recorded: dnf 4.14.0 and zypper 1.14.59 on
// Debian 12 (whose dnf has the number of Enterprise Linux 9), dnf5 5.4.6 on Debian unstable, each with rpm
// packages and repositories made for it; standard output first, then standard error.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;
using Names = std::vector<std::string>;

std::string Recorded(const std::string& name) {
  std::ifstream file(DX_SOURCE_DIR "/tests/fixtures/packages/" + name);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr PackageAction kRefresh = PackageAction::kRefresh;
constexpr PackageAction kInstall = PackageAction::kInstall;
constexpr PackageAction kRemove = PackageAction::kRemove;
constexpr PackageOutcome kDone = PackageOutcome::kDone;
constexpr PackageOutcome kLocked = PackageOutcome::kLocked;
constexpr PackageOutcome kNotOffered = PackageOutcome::kNotOffered;
constexpr PackageOutcome kUnreachable = PackageOutcome::kUnreachable;
constexpr PackageOutcome kFailed = PackageOutcome::kFailed;

enum class Run { kReal, kSimulated };

struct Case {
  const PackageManager& manager;
  const char* recorded;
  PackageAction action;
  Run run;
  int exit_code;
  PackageOutcome outcome;
  const ErrorRow* cause = nullptr;  // of an outcome that is none of kDone
  const char* excerpt = "";
};

const Case kCases[] = {
    {kDnf, "dnf/refresh", kRefresh, Run::kReal, 0, kDone},
    {kDnf5, "dnf5/refresh", kRefresh, Run::kReal, 0, kDone},
    {kZypper, "zypper/locked-noop", kInstall, Run::kReal, 0, kDone},
    // A simulation that went well.
    {kDnf, "dnf/sim", kInstall, Run::kSimulated, 1, kDone},
    {kDnf, "dnf/sim-upgrade", kInstall, Run::kSimulated, 1, kDone},
    {kDnf, "dnf/sim-remove", kRemove, Run::kSimulated, 1, kDone},
    {kDnf5, "dnf5/sim", kInstall, Run::kSimulated, 1, kDone},
    {kDnf5, "dnf5/sim-remove", kRemove, Run::kSimulated, 1, kDone},
    {kZypper, "zypper/simxml", kInstall, Run::kSimulated, 0, kDone},
    // Nothing to do.
    {kDnf, "dnf/sim-noop", kInstall, Run::kSimulated, 0, kDone},
    {kDnf5, "dnf5/sim-noop", kInstall, Run::kSimulated, 0, kDone},
    {kDnf, "dnf/locked-noop", kInstall, Run::kReal, 0, kDone},
    // Locked.
    {kDnf, "dnf/locked-metadata", kRefresh, Run::kReal, 200, kLocked, &errors::kPackagesOther,
     "metadata already locked by 294 The application with PID 294 is: sleep"},
    {kDnf, "dnf/locked-rpmdb", kInstall, Run::kReal, 200, kLocked, &errors::kPackagesOther,
     "RPMDB already locked by 306 The application with PID 306 is: dnf"},
    {kZypper, "zypper/locked", kInstall, Run::kSimulated, 7, kLocked, &errors::kPackagesOther,
     "System management is locked by the application with pid 60 (zypper)"},
    {kDnf, "dnf/garbage", kRefresh, Run::kReal, 200, kFailed, &errors::kPackagesBroken,
     "Malformed lock file found: /var/cache/dnf/metadata_lock.pid"},
    // A dead repository beside one that has everything, and beside one that lacks it.
    {kDnf, "dnf/dead-refresh", kRefresh, Run::kReal, 0, kUnreachable, &errors::kPackagesUnreachable,
     "Failed to download metadata for repo 'dead'"},
    {kDnf, "dnf/dead-sim", kInstall, Run::kSimulated, 1, kDone},
    {kDnf, "dnf/dead-nocand", kInstall, Run::kSimulated, 1, kNotOffered, &errors::kPackagesUnreachable,
     "No match for argument: nosuch"},
    {kDnf5, "dnf5/dead-refresh", kRefresh, Run::kReal, 0, kUnreachable, &errors::kPackagesUnreachable,
     "Curl error (7): Could not connect to server for http://127.0.0.1:9/x/repodata/repomd.xml"},
    {kDnf5, "dnf5/dead-sim", kInstall, Run::kSimulated, 1, kDone},
    {kDnf5, "dnf5/dead-nocand", kInstall, Run::kSimulated, 1, kNotOffered, &errors::kPackagesUnreachable,
     "No match for argument: nosuch"},
    {kZypper, "zypper/dead-refresh", kRefresh, Run::kReal, 4, kUnreachable, &errors::kPackagesUnreachable,
     "Download (curl) error for 'http://127.0.0.1:9/x/content'"},
    {kZypper, "zypper/dead-sim", kInstall, Run::kSimulated, 106, kDone},
    {kZypper, "zypper/dead-nocand", kInstall, Run::kSimulated, 104, kNotOffered,
     &errors::kPackagesUnreachable, "No provider of 'nosuch' found"},
    // No candidate.
    {kDnf, "dnf/nocand", kInstall, Run::kSimulated, 1, kNotOffered, &errors::kPackagesNotOffered,
     "No match for argument: nosuch"},
    {kDnf5, "dnf5/nocand", kInstall, Run::kSimulated, 1, kNotOffered, &errors::kPackagesNotOffered,
     "No match for argument: nosuch"},
    {kZypper, "zypper/nocandxml", kInstall, Run::kSimulated, 104, kNotOffered, &errors::kPackagesNotOffered,
     "No provider of 'nosuch' found"},
    // Excluded by the owner: another source is none, either.
    {kDnf, "dnf/excluded", kInstall, Run::kSimulated, 1, kFailed, &errors::kPackagesConflict,
     "All matches were filtered out by exclude filtering for argument: docker-ce"},
    {kDnf5, "dnf5/excluded", kInstall, Run::kSimulated, 1, kFailed, &errors::kPackagesConflict,
     "Argument 'docker-ce' matches only excluded packages"},
    // A foreign key; unsigned.
    {kDnf, "dnf/foreign", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesSignature,
     "Public key for docker-ce-29.1.0-1.el9.x86_64.rpm is not installed"},
    {kDnf, "dnf/unsigned", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesSignature,
     "Package docker-ce-29.1.0-1.el9.x86_64.rpm is not signed"},
    {kDnf5, "dnf5/foreign", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesSignature,
     "OpenPGP check for package \"docker-ce-3:29.1.0-1.el9.x86_64\""},
    {kDnf5, "dnf5/unsigned", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesSignature,
     "OpenPGP check for package \"docker-ce-3:29.1.0-1.el9.x86_64\""},
    {kZypper, "zypper/refresh", kRefresh, Run::kReal, 4, kFailed, &errors::kPackagesSignature,
     "Signature verification failed for repomd.xml"},
    {kZypper, "zypper/foreign", kInstall, Run::kReal, 104, kNotOffered, &errors::kPackagesSignature,
     "Signature verification failed for repomd.xml"},
    // A file that the repository lists and does not have, or not as listed.
    {kDnf, "dnf/package-gone", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesDamaged,
     "Status code: 404 for http://127.0.0.1:8099/docker-ce-20.10.24-1.el9.x86_64.rpm"},
    {kDnf, "dnf/package-short", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesDamaged,
     "docker-ce-20.10.24-1.el9.x86_64.rpm: Interrupted by header callback: Inconsistent server data"},
    {kDnf, "dnf/package-damaged", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesDamaged,
     "docker-ce-20.10.24-1.el9.x86_64.rpm: Downloading successful, but checksum doesn't match"},
    {kDnf, "dnf/local-package-damaged", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesDamaged,
     "Package \"docker-ce-3:20.10.24-1.el9.x86_64\" from local repository \"docker\" has incorrect checksum"},
    {kZypper, "zypper/package-gone", kInstall, Run::kReal, 8, kFailed, &errors::kPackagesDamaged,
     "File './docker-20.10.24_ce-1.x86_64.rpm' not found on medium 'file:/srv/rpm/os'"},
    {kZypper, "zypper/package-damaged", kInstall, Run::kReal, 8, kFailed, &errors::kPackagesDamaged,
     "Package docker-20.10.24_ce-1.x86_64 (Main Repository) seems to be corrupted during transfer"},
    // A full disk.
    {kDnf, "dnf/disk-full", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesDiskFull,
     "needs 12KB more space on the /usr/share/t-docker-ce filesystem"},
    {kDnf5, "dnf5/disk-full", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesDiskFull,
     "needs 12KB more space on the /usr/share/t-docker-ce filesystem"},
    {kZypper, "zypper/disk-full", kInstall, Run::kReal, 8, kFailed, &errors::kPackagesDiskFull,
     "needs 12KB more space on the /usr/share/t-docker-ce filesystem"},
    // A failing script: the package is installed all the same.
    {kDnf, "dnf/failpost", kInstall, Run::kReal, 0, kFailed, &errors::kPackagesBroken,
     "warning: %post(docker-ce-3:29.1.0-1.el9.x86_64) scriptlet failed, exit status 1"},
    {kDnf5, "dnf5/failpost", kInstall, Run::kReal, 1, kFailed, &errors::kPackagesBroken,
     "%post(docker-ce-3:29.1.0-1.el9.x86_64) scriptlet failed, exit status 1"},
    {kZypper, "zypper/failpost", kInstall, Run::kReal, 107, kFailed, &errors::kPackagesBroken,
     "warning: %post(docker-ce-3:29.1.0-1.el9.x86_64) scriptlet failed, exit status 1"},
    // podman-docker is there.
    {kDnf, "dnf/sim-podman", kInstall, Run::kSimulated, 1, kFailed, &errors::kPackagesConflict,
     "package podman-docker-5-1.el9.x86_64 conflicts with docker-ce"},
    {kDnf5, "dnf5/sim-podman", kInstall, Run::kSimulated, 1, kFailed, &errors::kPackagesConflict,
     "installed package podman-docker-5-1.el9.x86_64 conflicts with docker-ce"},
    {kZypper, "zypper/sim-podman", kInstall, Run::kSimulated, 4, kFailed, &errors::kPackagesConflict,
     "Problem: podman-docker-5-1.el9.x86_64 conflicts with docker-ce"},
    // One of the names to remove is absent: the others are removed.
    {kDnf, "dnf/remove-absent", kRemove, Run::kReal, 0, kDone},
    {kDnf5, "dnf5/remove-absent", kRemove, Run::kReal, 0, kDone},
    {kZypper, "zypper/remove-absent", kRemove, Run::kReal, 104, kDone},
};

TEST(RpmManagers, EachOutcomeIsKnownByItsWordsActionAndExitCode) {
  for (const Case& tried : kCases) {
    const std::string output = Recorded(tried.recorded);
    EXPECT_EQ(tried.manager.classify({tried.action, tried.run == Run::kSimulated, tried.exit_code, output}),
              tried.outcome)
        << tried.recorded;
    if (tried.outcome == kDone) continue;
    const std::string excerpt = tried.manager.error_excerpt(output);
    EXPECT_THAT(excerpt, HasSubstr(tried.excerpt)) << tried.recorded;
    EXPECT_EQ(&tried.manager.cause(excerpt), tried.cause) << tried.recorded << ": " << excerpt;
  }
}

// Not recorded here: rpm's own lock, held by rpm itself, and a full disk in the middle (both as dnf 4.14 said
// it on a machine that played Rocky Linux 9).
TEST(RpmManagers, WhatRpmItselfSaysIsKnown) {
  const char* locked =
      "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)\n";
  EXPECT_EQ(kDnf.classify({kInstall, false, 1, locked}), kLocked);
  EXPECT_EQ(kZypper.classify({kInstall, false, 8, locked}), kLocked);
  EXPECT_EQ(kTdnf.classify({kInstall, false, 1, locked}), kLocked);
  EXPECT_EQ(kDnf.classify({kInstall, true, 1, locked}), kLocked);
  const char* full = "error: unpacking of archive failed on file /usr/bin/dockerd;6928: cpio: write failed\n";
  EXPECT_EQ(kDnf.classify({kInstall, false, 1, full}), kFailed);
  EXPECT_EQ(&kDnf.cause(kDnf.error_excerpt(full)), &errors::kPackagesDiskFull);
}

// libzypp's words for the results of its check of a package (zypp/target/RpmDb.cc), which the zypper that was
// recorded does not make.
TEST(RpmManagers, APackageThatZypperDoesNotTrustIsAFaultOfItsSignature) {
  for (const char* why : {"[4-Signatures public key is not available]", "[6-File is unsigned]"}) {
    const std::string said =
        "docker-ce-29.1.0-1.x86_64 (local): Signature verification failed " + std::string(why) + "\n";
    EXPECT_EQ(kZypper.classify({kInstall, false, 8, said}), kFailed);
    EXPECT_EQ(&kZypper.cause(kZypper.error_excerpt(said)), &errors::kPackagesSignature) << why;
  }
}

// dnf 4.14 and dnf5 5.4 of a repository that is not at its URL: trying again would not help.
TEST(RpmManagers, AWrongUrlIsNotWaitedFor) {
  const std::string missing =
      "Errors during downloading metadata for repository 'docker':\n"
      "  - Status code: 404 for https://m.example/repodata/repomd.xml (IP: 192.0.2.1)\n"
      "Error: Failed to download metadata for repo 'docker': Cannot download repomd.xml\n";
  const std::string no_file =
      "Errors during downloading metadata for repository 'docker':\n"
      "  - Curl error (37): Couldn't read a file:// file for file:///srv/none/repodata/repomd.xml\n"
      "Error: Failed to download metadata for repo 'docker': Cannot download repomd.xml\n";
  for (const std::string& said : {missing, no_file}) {
    EXPECT_EQ(kDnf.classify({kRefresh, false, 0, said}), kFailed);
    EXPECT_EQ(kDnf5.classify({kRefresh, false, 1, said}), kFailed);
    EXPECT_EQ(&kDnf.cause(kDnf.error_excerpt(said)), &errors::kPackagesUnreachable);
    EXPECT_EQ(kDnf.classify({kRefresh, false, 0, said + Recorded("dnf/dead-refresh")}), kUnreachable);
  }
}

TEST(RpmManagers, ADowngradeThatDnfWouldMakeUnaskedIsSeen) {
  const char* simulation =
      "Downgrading:\n containerd.io  x86_64  1.7.28-1.el9  docker  21 M\n\nTransaction Summary\n";
  EXPECT_THAT(kDnf.transaction(simulation).downgraded, UnorderedElementsAre("containerd.io"));
  EXPECT_THAT(kDnf.transaction(simulation).removed, testing::IsEmpty());
}

TEST(RpmManagers, AnExcerptHasNoHeadingsOfTables) {
  EXPECT_EQ(kDnf5.error_excerpt(Recorded("dnf5/failpost")),
            ">>> [RPM] %post(docker-ce-3:29.1.0-1.el9.x86_64) scriptlet failed, exit status 1 "
            "Transaction failed: Rpm transaction failed");
}

TEST(RpmManagers, AnExcerptNamesAPackageWhoseNameBeginsThatOfAnother) {
  EXPECT_EQ(kDnf.error_excerpt("No match for argument: docker-ce\nNo match for argument: docker-ce-cli\n"),
            "No match for argument: docker-ce No match for argument: docker-ce-cli");
}

struct Simulated {
  const PackageManager& manager;
  const char* recorded;
  Names installed;
  Names removed;
};

TEST(RpmManagers, ASimulationSaysWhatIsInstalledReplacedAndRemoved) {
  const Names engine = {"containerd.io", "docker-ce", "docker-ce-cli"};
  const Simulated simulations[] = {
      {kDnf, "dnf/sim", engine, {}},
      {kDnf, "dnf/sim-obsoletes", engine, {"runc"}},
      {kDnf, "dnf/sim-upgrade", {}, {}},
      {kDnf, "dnf/sim-remove", {}, {"containerd.io", "docker-ce"}},
      {kDnf, "dnf/sim-noop", {}, {}},
      {kDnf5, "dnf5/sim", engine, {}},
      {kDnf5, "dnf5/sim-obsoletes", engine, {"runc"}},
      {kDnf5, "dnf5/sim-upgrade", {}, {}},
      {kDnf5, "dnf5/sim-remove", {}, {"containerd.io", "docker-ce", "podman"}},
      {kZypper, "zypper/simxml", engine, {}},
      {kZypper, "zypper/sim-obsoletes", engine, {"runc"}},
      {kZypper, "zypper/sim-upgrade", {}, {}},
      {kZypper, "zypper/sim-remove", {}, {"containerd.io", "docker-ce"}},
  };
  for (const auto& [manager, recorded, installed, removed] : simulations) {
    const Transaction transaction = manager.transaction(Recorded(recorded));
    EXPECT_THAT(transaction.installed, testing::UnorderedElementsAreArray(installed)) << recorded;
    EXPECT_THAT(transaction.removed, testing::UnorderedElementsAreArray(removed)) << recorded;
  }
}

TEST(RpmManagers, TheNewestVersionIsFirstAndCanBePinned) {
  for (const auto& [manager, recorded] :
       {std::pair{&kDnf, "dnf/versions"}, {&kDnf5, "dnf5/versions"}, {&kZypper, "zypper/versionsxml"}}) {
    EXPECT_THAT(manager->versions(Recorded(recorded), "docker-ce", ""),
                testing::ElementsAre("3:29.1.0-1.el9", "3:28.5.2-1.el9"))
        << recorded;
    EXPECT_THAT(manager->versions(Recorded(recorded), "docker", ""), testing::IsEmpty());
  }
  EXPECT_EQ(kDnf.pinned("docker-ce", "3:28.5.2-1.el9"), "docker-ce-3:28.5.2-1.el9");
  EXPECT_EQ(kDnf.pinned("runc", "0:1.1-1"), "runc-1.1-1");
  EXPECT_EQ(kZypper.pinned("docker", "28.5.1-1"), "docker=28.5.1-1");
  EXPECT_EQ(kDnf.unpinned("docker-ce-3:28.5.2-1.el9"), "docker-ce");
  EXPECT_EQ(kDnf.unpinned("docker-ce-cli"), "docker-ce-cli");
  EXPECT_EQ(kDnf.unpinned("docker-compose-plugin"), "docker-compose-plugin");
  EXPECT_EQ(kDnf.unpinned("runc"), "runc");
  EXPECT_EQ(kZypper.unpinned("docker=28.5.1-1"), "docker");
}

TEST(RpmManagers, WhatTheOwnerNamedIsListed) {
  EXPECT_THAT(kDnf.manual(Recorded("dnf/manual")),
              UnorderedElementsAre("docker-ce", "docker-ce-cli", "rocky-base"));
  EXPECT_TRUE(kZypper.lists_automatic);
  EXPECT_THAT(kZypper.manual("# AutoInstalled generated Fri Nov 27 22:39:39 2026\n#\ncontainerd.io\n#\n"),
              UnorderedElementsAre("containerd.io"));
  const char* none = "/usr/bin/cat: /var/lib/zypp/AutoInstalled: No such file or directory\n";
  EXPECT_EQ(kZypper.classify({PackageAction::kQuery, false, 1, none}), kDone);
}

TEST(RpmManagers, WhatALaterVersionReplacedIsNotWhole) {
  for (const PackageManager* manager : {&kDnf, &kDnf5, &kTdnf, &kZypper}) {
    EXPECT_THAT(manager->installed("docker-ce 3:28.5.2-1.el9 20\nrunc 0:1.1-2 20\nlibgcc 11-1 5\n"
                                   "docker-ce 3:29.0.1-1.el9 10\nlibgcc 11-1 6\n"),
                testing::ElementsAre(InstalledPackage{"docker-ce", "3:28.5.2-1.el9"},
                                     InstalledPackage{"runc", "1.1-2"}, InstalledPackage{"libgcc", "11-1"},
                                     InstalledPackage{"docker-ce", "3:29.0.1-1.el9", false},
                                     InstalledPackage{"libgcc", "11-1"}));
    EXPECT_TRUE(manager->reinstalls_interrupted);
  }
}

}  // namespace
}  // namespace dockerext
