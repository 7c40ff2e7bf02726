// SPDX-License-Identifier: MIT
#include "handler/packages/package_actions.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "handler/base/text.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_locks.hpp"

namespace dockerext {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kHeld =
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 314 (unattended-upgr)\n";
constexpr const char* kNoNetwork =
    "Err:1 http://deb.example.org/debian bookworm InRelease\n"
    "  Temporary failure resolving 'deb.example.org'\n"
    "W: Failed to fetch http://deb.example.org/debian/dists/bookworm/InRelease  Temporary failure resolving "
    "'deb.example.org'\n"
    "W: Some index files failed to download. They have been ignored, or old ones used instead.\n";
constexpr const char* kOtherBroken =
    "Setting up broken (1) ...\nno such account\ndpkg: error processing package broken (--configure):\n"
    " installed broken package post-installation script subprocess returned error exit status 1\n"
    "E: Sub-process /usr/bin/dpkg returned an error code (1)\n";

// apt and dpkg on a machine whose locks get free and whose network comes up at some time.
class FakeApt : public Commands {
 public:
  explicit FakeApt(FakeClock& clock) : clock_(clock) {}

  std::chrono::milliseconds unlocked_at{0};
  std::chrono::milliseconds network_at{0};
  std::chrono::milliseconds run_time{0};
  bool other_archive_gone = false;    // one that is not needed can never be reached
  bool has_lists = false;             // of an earlier update: they name the packages
  bool lists_are_old = false;         // they name versions that the archive no longer has
  bool knows_package = true;          // whether the archive has it
  bool other_package_broken = false;  // its script fails in every run that changes something
  bool docker_broken = false;
  std::function<void()> during_install = [] {};
  CommandOutput removal;
  std::vector<std::string> status = {"ii base-files"};  // dpkg's
  std::string manual;
  std::vector<std::string> actions;

  Result<CommandOutput> Run(const Command& command) override {
    CommandOutput run = Answer(command);
    clock_.elapsed += run_time;
    return run;
  }

 private:
  CommandOutput Answer(const Command& command) {
    const auto& argv = command.argv;
    const auto has = [&](const char* word) { return std::ranges::find(argv, word) != argv.end(); };
    if (argv[0] == "/usr/bin/dpkg-query") return {0, Join(status, "\n") + "\n", ""};
    if (argv[0] == "/usr/bin/apt-mark") return {0, manual, ""};
    if (IsBefore(unlocked_at)) return Failure(kHeld);
    if (has("update")) return Update();
    if (!has_lists || !knows_package) return Failure("E: Unable to locate package docker.io\n");
    if (has("--simulate")) return {0, "Inst docker.io (20.10.24 Debian:12/stable [amd64])\n", ""};
    return has("install") ? Install() : Remove();
  }

  bool IsBefore(std::chrono::milliseconds time) { return clock_.SinceBoot() < seconds(100) + time; }
  static CommandOutput Failure(const char* errors) { return {100, "", errors}; }

  CommandOutput Update() {
    actions.emplace_back("update");
    if (IsBefore(network_at)) return {0, kNoNetwork, ""};
    has_lists = true;
    lists_are_old = false;
    return {0, other_archive_gone ? kNoNetwork : "", ""};
  }

  CommandOutput Install() {
    actions.emplace_back("install");
    during_install();
    if (IsBefore(network_at)) return {100, kNoNetwork, ""};
    if (lists_are_old) return Failure("E: Unable to fetch some archives, maybe run apt-get update\n");
    status.emplace_back(docker_broken ? "iF docker.io" : "ii docker.io");
    return docker_broken || other_package_broken ? Failure(kOtherBroken) : CommandOutput{};
  }

  CommandOutput Remove() {
    actions.emplace_back("remove");
    return removal;
  }

  FakeClock& clock_;
};

class Actions : public testing::Test {
 protected:
  PackageActions Packages() {
    return {apt, clock, locks, kApt, [this](const std::string& reason) -> Status {
              reasons.push_back(reason);
              if (clock.elapsed >= superseded_at) return Error{Code::kSuperseded, "superseded"};
              if (clock.elapsed >= minutes(25)) return Error{Code::kTimeout, "the deadline"};
              return {};
            }};
  }

  Result<std::string> Install() {
    TRY_LET(const auto installed, InstallAs({.names = {"docker.io"}}));
    return installed.warning;
  }
  Result<PackageActions::Installed> InstallAs(const PackageActions::Installation& installation) {
    return Packages().Install(installation, [this](const Transaction& changes) {
      recorded = changes.installed;
      return refusal;
    });
  }

  FakeClock clock;
  FakeApt apt{clock};
  FakeLocks locks{clock};
  std::vector<std::string> reasons;
  std::vector<std::string> recorded;
  Status refusal;
  std::chrono::milliseconds superseded_at = std::chrono::hours(9);
};

TEST_F(Actions, TheCallerRecordsWhatASimulationSaysBeforeTheInstallation) {
  EXPECT_EQ(*Install(), "");
  EXPECT_THAT(recorded, ElementsAre("docker.io"));
  EXPECT_THAT(apt.actions, ElementsAre("update", "install"));
  EXPECT_THAT(reasons, IsEmpty());
}

TEST_F(Actions, WhatTheCallerRefusesIsNotInstalled) {
  refusal = Error{Code::kMissingDependency, "it would remove podman-docker"};
  EXPECT_EQ(Install().error().Message(), "it would remove podman-docker");
  EXPECT_THAT(apt.actions, ElementsAre("update"));
}

TEST_F(Actions, ALockIsWaitedForUntilTheDeadlineAndNoLonger) {
  apt.unlocked_at = minutes(24);
  EXPECT_TRUE(Install().ok());
  EXPECT_THAT(reasons.front(), HasSubstr("waiting for another package manager: E: Could not get lock"));
  apt.unlocked_at = minutes(90);
  const auto held = Install();
  EXPECT_EQ(held.error().code, Code::kPackagesLocked);
  EXPECT_THAT(
      held.error().Message(),
      AllOf(HasSubstr("another package manager still holds its lock (E: Could not get lock"),
            HasSubstr("held by process 314 (unattended-upgr)"),
            HasSubstr("; wait for it to finish, or stop it, and set the extension's settings again")));
  EXPECT_LT(clock.elapsed, minutes(26));
}

TEST_F(Actions, ANetworkThatIsNotThereYetIsWaitedFor) {
  apt.network_at = minutes(3);
  EXPECT_TRUE(Install().ok());
  EXPECT_EQ(apt.actions.back(), "install");
  EXPECT_THAT(reasons.front(),
              AllOf(HasSubstr("waiting for the network: apt could not install docker.io: "),
                    HasSubstr("Temporary failure resolving 'deb.example.org'"), Not(HasSubstr("settings"))));
}

TEST_F(Actions, AnArchiveWhosePackagesCannotBeFetchedYetIsWaitedFor) {
  apt.has_lists = true;
  apt.network_at = minutes(3);
  EXPECT_TRUE(Install().ok());
  EXPECT_GE(clock.elapsed, minutes(3));
}

TEST_F(Actions, WithoutANetworkUntilTheDeadlineTheErrorNamesWhatToCheck) {
  apt.network_at = minutes(90);
  const auto installed = Install();
  EXPECT_EQ(installed.error().code, Code::kMissingDependency);
  EXPECT_THAT(installed.error().Message(),
              AllOf(HasSubstr("E: Unable to locate package docker.io; before that, apt could not update its "
                              "package lists: W: Failed to fetch http://deb.example.org"),
                    HasSubstr("; let this VM reach its package archives (network, DNS, proxy)"),
                    HasSubstr(" and set the extension's settings again")));
}

TEST_F(Actions, AnArchiveThatIsNotNeededIsNotWaitedFor) {
  apt.other_archive_gone = true;
  EXPECT_TRUE(Install().ok());
  EXPECT_EQ(clock.elapsed, seconds(0));
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("continuing with the existing lists")));
}

TEST_F(Actions, ListsThatWereOldOnlyForLackOfANetworkAreUpdatedAgain) {
  apt.has_lists = true;
  apt.lists_are_old = true;
  apt.run_time = seconds(1);
  apt.network_at = seconds(1);
  EXPECT_TRUE(Install().ok());
  EXPECT_THAT(apt.actions, ElementsAre("update", "install", "update", "install"));
}

TEST_F(Actions, APackageThatNoArchiveHasIsAnErrorAtOnce) {
  apt.knows_package = false;
  const auto installed = Install();
  EXPECT_EQ(installed.error().code, Code::kNotFound);
  EXPECT_THAT(installed.error().Message(), HasSubstr("; add a package archive that has it"));
  EXPECT_EQ(clock.elapsed, seconds(0));
}

TEST_F(Actions, AWaitEndsWhenItIsSuperseded) {
  superseded_at = minutes(1);
  apt.unlocked_at = minutes(90);
  EXPECT_EQ(Install().error().code, Code::kSuperseded);
  apt.unlocked_at = minutes(0);
  apt.network_at = minutes(90);
  EXPECT_EQ(Install().error().code, Code::kSuperseded);
}

TEST_F(Actions, AnotherPackagesFailingScriptIsAWarningWhereDockerIsWhole) {
  apt.other_package_broken = true;
  EXPECT_EQ(*Install(),
            "docker.io is installed, but apt reported: no such account dpkg: error processing package broken "
            "(--configure): installed broken package post-installation script subprocess returned error exit "
            "status 1 E: Sub-process /usr/bin/dpkg returned an error code (1); fix that package (dpkg "
            "--configure -a shows details) and set the extension's settings again");
}

TEST_F(Actions, AFailingScriptThatLeavesDockerHalfInstalledIsAnError) {
  apt.docker_broken = true;
  EXPECT_THAT(Install().error().Message(), HasSubstr("apt could not install docker.io: no such account"));
}

TEST_F(Actions, AFailureWithoutAKnownReasonQuotesTheEndOfTheOutput) {
  apt.has_lists = true;
  apt.removal = {7, "Reading package lists...\nsomething new happened\n", ""};
  const Status removed = Packages().Remove({"docker.io"});
  ASSERT_FALSE(removed.ok());
  EXPECT_THAT(removed.error().Message(),
              AllOf(HasSubstr("exit code 7"), HasSubstr("something new happened'")));
}

TEST_F(Actions, ALockThatSomebodyHoldsIsWaitedForBeforeARun) {
  locks.holders["/var/lib/dpkg/lock-frontend"] = "process 42 (dpkg)";
  const auto held = Install();
  EXPECT_EQ(held.error().code, Code::kPackagesLocked);
  EXPECT_THAT(apt.actions, IsEmpty());
  EXPECT_THAT(reasons.front(), HasSubstr("waiting for another package manager: E: Could not get lock "
                                         "/var/lib/dpkg/lock-frontend. It is held by process 42 (dpkg)"));
}

// The manager finds nothing to do and takes no lock, while the one of a killed worker still installs.
TEST_F(Actions, ASuccessIsNotBelievedWhileSomebodyHoldsALock) {
  apt.during_install = [this] { locks.holders["/var/lib/dpkg/lock"] = "process 42 (dpkg)"; };
  EXPECT_EQ(Install().error().code, Code::kPackagesLocked);
  EXPECT_THAT(apt.actions, ElementsAre("update", "install"));
}

TEST_F(Actions, WhatIsInstalledIsAskedWithoutALock) {
  locks.holders["/var/lib/dpkg/lock"] = "process 42 (dpkg)";
  EXPECT_TRUE(Packages().Present().ok());
  EXPECT_THAT(reasons, IsEmpty());
}

TEST_F(Actions, OnlyConfiguredPackagesAreWhole) {
  apt.status = {"ii runc 1", "hi held 1", "iW waits 1", "iU tini 1", "rc gone 1"};
  EXPECT_TRUE(*Packages().AreInstalledWhole({"runc", "held", "waits"}));
  for (const char* name : {"tini", "gone", "absent"}) {
    EXPECT_FALSE(*Packages().AreInstalledWhole({"runc", name})) << name;
  }
}

TEST_F(Actions, WhatItsOwnerMarkedAsManualIsListed) {
  apt.manual = "docker.io\ntini\n";
  EXPECT_THAT(*Packages().MarkedManual(), ElementsAre("docker.io", "tini"));
  apt.manual = "";
  EXPECT_THAT(*Packages().MarkedManual(), IsEmpty());
}

}  // namespace
}  // namespace dockerext
