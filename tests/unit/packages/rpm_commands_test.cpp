// SPDX-License-Identifier: MIT
// The command lines of dnf, dnf5, tdnf and zypper; and tdnf's output, which is as its source has it
// (https://github.com/vmware/tdnf): none could be recorded.
#include <gmock/gmock.h>

#include "handler/base/text.hpp"
#include "handler/packages/package_manager.hpp"

namespace dockerext {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::string Argv(const PackageManager& manager, PackageAction action, bool simulated = false) {
  return Join(manager.command(action, simulated, {"docker-ce"}), " ");
}

constexpr const char* kDnfOptions =
    "--setopt=exit_on_lock=True --setopt=install_weak_deps=False --setopt=clean_requirements_on_remove=False "
    "--setopt=*.skip_if_unavailable=True --setopt=retries=3 --setopt=timeout=30 ";

TEST(Dnf, TheArgvIsOptionsThenActionThenNames) {
  const std::string options = kDnfOptions;
  for (const PackageManager* dnf : {&kDnf, &kDnf5}) {
    EXPECT_EQ(Join(dnf->command(PackageAction::kRefresh, false, {}), " "),
              "/usr/bin/dnf -y " + options + "--refresh makecache");
    EXPECT_EQ(Argv(*dnf, PackageAction::kInstall), "/usr/bin/dnf -y " + options + "install docker-ce");
    EXPECT_EQ(Argv(*dnf, PackageAction::kInstall, true),
              "/usr/bin/dnf --assumeno " + options + "install docker-ce");
    EXPECT_EQ(Argv(*dnf, PackageAction::kReinstall), "/usr/bin/dnf -y " + options + "reinstall docker-ce");
    EXPECT_EQ(Argv(*dnf, PackageAction::kRemove), "/usr/bin/dnf -y " + options + "remove docker-ce");
  }
}

TEST(Dnf, OnlyTheirLocksAndTheListOfVersionsDiffer) {
  EXPECT_EQ(kDnf.locks.front().kind, LockFile::Kind::kPidFile);
  EXPECT_EQ(kDnf5.locks.front().path, "/var/lib/dnf/system-repo.lock");
  EXPECT_THAT(kDnf.list_versions, Contains("--show-duplicates"));
  EXPECT_THAT(kDnf5.list_versions, testing::Not(Contains("--show-duplicates")));
  EXPECT_EQ(kDnf5.link, "dnf5");
}

TEST(Zypper, TheSimulationsFlagStandsBehindTheAction) {
  EXPECT_EQ(Join(kZypper.command(PackageAction::kRefresh, false, {}), " "),
            "/usr/bin/zypper --non-interactive refresh");
  EXPECT_EQ(Argv(kZypper, PackageAction::kInstall),
            "/usr/bin/zypper --non-interactive install --no-recommends --auto-agree-with-licenses docker-ce");
  EXPECT_EQ(Argv(kZypper, PackageAction::kInstall, true),
            "/usr/bin/zypper --non-interactive --xmlout install --no-recommends --auto-agree-with-licenses "
            "--dry-run docker-ce");
  EXPECT_EQ(Argv(kZypper, PackageAction::kDowngrade),
            "/usr/bin/zypper --non-interactive install --no-recommends --auto-agree-with-licenses "
            "--oldpackage docker-ce");
  EXPECT_EQ(Argv(kZypper, PackageAction::kReinstall),
            "/usr/bin/zypper --non-interactive install --no-recommends --auto-agree-with-licenses --force "
            "docker-ce");
  EXPECT_EQ(Argv(kZypper, PackageAction::kRemove),
            "/usr/bin/zypper --non-interactive remove --no-clean-deps docker-ce");
}

TEST(Tdnf, TheArgvIsOptionsThenActionThenNames) {
  EXPECT_EQ(Join(kTdnf.command(PackageAction::kRefresh, false, {}), " "), "/usr/bin/tdnf -y makecache");
  EXPECT_EQ(Argv(kTdnf, PackageAction::kInstall), "/usr/bin/tdnf -y install docker-ce");
  EXPECT_EQ(Argv(kTdnf, PackageAction::kInstall, true), "/usr/bin/tdnf --assumeno install docker-ce");
  EXPECT_EQ(Argv(kTdnf, PackageAction::kReinstall), "/usr/bin/tdnf -y reinstall docker-ce");
  EXPECT_EQ(Argv(kTdnf, PackageAction::kRemove), "/usr/bin/tdnf -y --noautoremove remove docker-ce");
}

TEST(Tdnf, AnExitCodeIsTheEndOfAnErrorsNumber) {
  const struct {
    PackageAction action;
    bool simulated;
    int exit_code;
    const char* output;
    PackageOutcome outcome;
  } cases[] = {
      {PackageAction::kInstall, true, 1032 % 256, "Error(1032) : Operation aborted.\n",
       PackageOutcome::kDone},
      {PackageAction::kInstall, false, 1032 % 256, "Error(1032) : Operation aborted.\n",
       PackageOutcome::kFailed},
      {PackageAction::kInstall, true, 0, "Exiting on user Command\n", PackageOutcome::kDone},
      {PackageAction::kInstall, true, 1011 % 256,
       "No package nosuch available\nError(1011) : No matching packages\n", PackageOutcome::kNotOffered},
      {PackageAction::kRefresh, false, 1207 % 256, "Error(1207) : Couldn't connect to server\n",
       PackageOutcome::kUnreachable},
      {PackageAction::kRefresh, false, 0, "Error: Failed to synchronize cache for repo 'x'\n",
       PackageOutcome::kUnreachable},
      {PackageAction::kInstall, false, 0, "Nothing to do.\n", PackageOutcome::kDone},
      {PackageAction::kInstall, false, 1525 % 256, "Error(1525) : rpm check reported errors\n",
       PackageOutcome::kFailed},
  };
  for (const auto& [action, simulated, exit_code, output, outcome] : cases)
    EXPECT_EQ(kTdnf.classify({action, simulated, exit_code, output}), outcome) << output;
}

TEST(Tdnf, ASimulationIsATableWithoutAHeader) {
  const char* simulation =
      "\nInstalling:\n"
      "docker-cli      x86_64  25.0.7-1.azl3   azurelinux-official-base  43.35M\n"
      "moby-engine     x86_64  25.0.3-17.azl3  azurelinux-official-base  113.07M\n"
      "\nTotal installed size: 156.42M\n"
      "\nRemoving:\n"
      "runc            x86_64  1.2.2-1.azl3    @System                   9.70M\n"
      "\nTotal installed size: 9.70M\n";
  EXPECT_THAT(kTdnf.transaction(simulation).installed, ElementsAre("docker-cli", "moby-engine"));
  EXPECT_THAT(kTdnf.transaction(simulation).removed, ElementsAre("runc"));
}

TEST(Tdnf, AnExcerptHasTheLinesOfTheError) {
  EXPECT_EQ(kTdnf.error_excerpt("Loaded plugin: x\nNo package nosuch available\nError(1011) : No matching "
                                "packages\n"),
            "No package nosuch available Error(1011) : No matching packages");
}

TEST(Apt, ADowngradeAndAReinstallationAreSaidToBe) {
  EXPECT_THAT(Argv(kApt, PackageAction::kDowngrade),
              testing::EndsWith(" --no-install-recommends --allow-downgrades install -- docker-ce"));
  EXPECT_THAT(Argv(kApt, PackageAction::kReinstall), testing::EndsWith(" --reinstall install -- docker-ce"));
}

// They are data of their own (repair, list_installed, ...).
TEST(PackageManagers, WholeCommandsHaveNoWordOfAnAction) {
  for (const PackageManager* manager : {&kApt, &kZypper}) {
    for (const auto action : {PackageAction::kRepair, PackageAction::kQuery, PackageAction::kList})
      EXPECT_THAT(manager->command(action, false, {}), testing::Not(Contains("install"))) << manager->name;
  }
}

// A dnf or dnf5 must not be asked anything, and no child may be told to use another language.
TEST(RpmManagers, NothingPromptsAndNothingIsTranslated) {
  for (const PackageManager* manager : {&kDnf, &kDnf5, &kTdnf, &kZypper}) {
    EXPECT_THAT(manager->environment, Contains("LC_ALL=C.UTF-8"));
    const auto argv = manager->command(PackageAction::kInstall, false, {"docker"});
    EXPECT_THAT(argv, testing::AnyOf(Contains("-y"), Contains("--non-interactive")));
  }
}

}  // namespace
}  // namespace dockerext
