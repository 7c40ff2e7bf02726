// SPDX-License-Identifier: MIT
// A VM that plays an rpm distribution whose package manager fails for one cause after the other: each is
// reported in one sentence and leaves nothing behind; locks are waited for, and what was interrupted is
// completed.
#include "tests/e2e/suites/handler/rpm_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A cause for which nothing is installed.
struct Fault {
  std::string name;
  std::string setup;
  std::string repair;
  Vm::Args excerpts;
  std::string url = {};               // instead of the repository's
  bool others_are_installed = false;  // zypper gives each package to rpm by itself; uninstall removes them

  friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }
};

const std::vector<Fault> kDnfFaults = {
    {.name = "AForeignKey",
     .setup = "",
     .repair = "",
     .excerpts = {"fix the key or the signature"},
     .url = "file:///srv/rpm/foreign"},
    {.name = "AnUnsignedPackage",
     .setup = "",
     .repair = "",
     .excerpts = {"is not signed", "fix the key or the signature"},
     .url = "file:///srv/rpm/unsigned"},
    {.name = "AnExcludedPackage",
     .setup = "cp /etc/dnf/dnf.conf /srv && echo exclude=docker-ce >>/etc/dnf/dnf.conf",
     .repair = "cp /srv/dnf.conf /etc/dnf",
     .excerpts = {"does not offer docker-ce", "remove what excludes it"}},
    {.name = "PodmanDocker",
     .setup = "dnf -y -q install podman-docker && rpm -e --nodeps runc",
     .repair = "dnf -y -q remove podman-docker podman",
     .excerpts = {"podman-docker"}},
    {.name = "ARuncThatWouldBeReplaced",
     .setup = "dnf -y -q install podman",
     .repair = "dnf -y -q remove podman runc",
     .excerpts = {"installing Docker would remove runc", "remove it yourself"}},
    {.name = "AFullDiskForPackages",
     .setup = "mkdir /usr/share/doc/docker-ce && mount -t tmpfs -o size=4k none /usr/share/doc/docker-ce",
     .repair = "umount /usr/share/doc/docker-ce && rmdir /usr/share/doc/docker-ce",
     .excerpts = {"more space", "free some space"}},
};

const Fault kDamagedLockOfDnf4 = {
    .name = "ADamagedLock",
    .setup = "mkdir -p /var/cache/dnf && echo garbage >/var/cache/dnf/metadata_lock.pid",
    .repair = "rm /var/cache/dnf/metadata_lock.pid",
    .excerpts = {"Malformed lock file"}};

// The distribution's own repository at another place, with all lists of it forgotten. A worker's zypper may
// have the lock.
std::string Zypper(const std::string& url) {
  return "sed -i 's!^baseurl=.*!baseurl=" + url +
         "!' /etc/zypp/repos.d/repo-oss.repo && ZYPP_LOCK_TIMEOUT=60 zypper --non-interactive --quiet clean "
         "--all";
}

const std::vector<Fault> kZypperFaults = {
    {.name = "AForeignKey",
     .setup = Zypper("file:///srv/rpm/foreign"),
     .repair = Zypper("file:///srv/rpm/os"),
     .excerpts = {"ignature", "fix the key or the signature"}},
    {.name = "AnUnsignedPackage",
     .setup = Zypper("file:///srv/rpm/unsigned"),
     .repair = Zypper("file:///srv/rpm/os"),
     .excerpts = {"fix the key or the signature"}},
    {.name = "ALockedPackage",
     .setup = "zypper --non-interactive --quiet addlock docker",
     .repair = "zypper --non-interactive --quiet removelock docker",
     .excerpts = {"docker", "zypper locks"}},
    {.name = "PodmanDocker",
     .setup = "zypper --non-interactive --quiet install podman-docker",
     .repair = "zypper --non-interactive --quiet remove podman-docker",
     .excerpts = {"podman-docker"}},
    {.name = "AFullDiskForPackages",
     .setup = "mkdir -p /usr/share/doc/packages/docker && mount -t tmpfs -o size=4k none "
              "/usr/share/doc/packages/docker",
     .repair = "umount /usr/share/doc/packages/docker && rm -r /usr/share/doc/packages",
     .excerpts = {"more space", "free some space"},
     .others_are_installed = true},
};

class RpmFaults : public RpmVm {
 protected:
  static int Enable(const Vm::Args& options = {}) { return world().Enable(Settings(), options); }
  static void ExpectConverges() {
    EXPECT_EQ(Enable(), PackageWorld::kSuccess);
    world().ExpectServing();
    ExpectDocker();
    EXPECT_EQ(vm().Shell("rpm --verify --nodeps " + Played().engine + "; true"), "");
  }
  static void Uninstall() {
    world().Uninstall();
    ExpectNoDocker();
  }
  // Enables, and calls `act` while the engine's package runs its last script.
  template <class Act>
  static void WhileInPost(Act act) {
    vm().Shell("rm -f /run/in-post; touch /run/slow-post");
    const PackageWorld world = RpmVm::world();
    const nlohmann::json settings = Settings();
    auto enable = std::async(std::launch::async, [&] { return world.Enable(settings, {"--wait", "60"}); });
    world.Await("test -e /run/in-post");
    act();
    EXPECT_NE(enable.get(), PackageWorld::kSuccess);
  }
};

std::vector<Fault> Faults() {
  std::vector<Fault> faults = Played().manager == "dnf" ? kDnfFaults : kZypperFaults;
  if (Played().manager == "dnf" && Played().release != "fedora") faults.push_back(kDamagedLockOfDnf4);
  return faults;
}

class RpmFault : public RpmFaults, public testing::WithParamInterface<Fault> {};

TEST_P(RpmFault, IsReportedAndLeavesNothing) {
  const Fault& fault = GetParam();
  if (!fault.setup.empty()) vm().Shell(fault.setup);
  nlohmann::json settings = Settings();
  if (!fault.url.empty()) settings["source"] = "custom";
  if (!fault.url.empty()) settings["repository"]["url"] = fault.url;
  const std::string packages = Packages();
  EXPECT_EQ(world().Enable(settings), PackageWorld::kStatusIsError);
  const std::string status = world().LastStatus();
  EXPECT_THAT(status, HasSubstr("\"code\":52"));
  for (const std::string& excerpt : fault.excerpts) EXPECT_THAT(status, HasSubstr(excerpt));
  if (fault.others_are_installed) world().Uninstall();
  EXPECT_EQ(Packages(), packages);
  ExpectNoDocker();
  if (!fault.repair.empty()) vm().Shell(fault.repair);
}

INSTANTIATE_TEST_SUITE_P(Cause, RpmFault, testing::ValuesIn(Faults()),
                         [](const auto& chosen) { return chosen.param.name; });

// It may be there a moment later, as at a first boot.
TEST_F(RpmFaults, AnUnreachableRepositoryIsWaitedFor) {
  const bool has_url = !Played().url.empty();
  const std::string nowhere = "http://127.0.0.1:9/docker";
  nlohmann::json settings = Settings();
  if (has_url) settings["repository"]["url"] = nowhere;
  if (!has_url) vm().Shell(Zypper(nowhere));
  EXPECT_EQ(world().Enable(settings, {"--wait", "15"}), PackageWorld::kStillTransitioning);
  EXPECT_THAT(world().LastStatus(), AllOf(HasSubstr("waiting for the network: "), HasSubstr("127.0.0.1")));
  if (!has_url) vm().Shell(Zypper("file:///srv/rpm/os"));
  ExpectConverges();
  Uninstall();
}

// Each holder releases its lock once the status names it.
TEST_F(RpmFaults, LocksOfOthersAreWaitedFor) {
  std::string locks;
  for (const auto& [path, kind] : Played().locks) {
    vm().Shell("rm -f /var/lib/waagent/*/status/*.status; mkdir -p $(dirname " + path + ")");
    world().HoldUntilReported(path, kind, Played().manager);
    locks += (locks.empty() ? "" : "\n") + path;
  }
  ExpectConverges();
  EXPECT_EQ(world().ReportedLocks(), locks);
  Uninstall();
}

TEST_F(RpmFaults, AFailingScriptIsAWarning) {
  vm().Shell("touch /run/fail-post");
  EXPECT_EQ(Enable(), PackageWorld::kSuccess);
  EXPECT_THAT(world().LastStatus(), AllOf(HasSubstr("is installed, but " + Played().manager + " reported"),
                                          HasSubstr("scriptlet")));
  world().ExpectServing();
  vm().Shell("rm /run/fail-post");
  Uninstall();
}

// rpm lists the package by then, and its manager still runs.
TEST_F(RpmFaults, TheManagerOfAKilledWorkerIsWaitedFor) {
  WhileInPost([] { world().KillWorker(); });
  vm().Shell("pgrep -f bin/" + Played().manager + " && rpm -q " + Played().engine);
  const PackageWorld world = RpmVm::world();
  const nlohmann::json settings = Settings();
  auto enable = std::async(std::launch::async, [&] { return world.Enable(settings); });
  world.Await("grep -q 'waiting for another package manager' /var/lib/waagent/Example.*/status/*.status");
  vm().Shell("rm /run/slow-post");
  EXPECT_EQ(enable.get(), PackageWorld::kSuccess);
  ExpectConverges();
  Uninstall();
}

TEST_F(RpmFaults, APowerCutDuringTheInstallationIsRepaired) {
  WhileInPost([] {
    const Status cut = vm().guest().PowerCut();
    EXPECT_TRUE(cut.ok()) << cut.error().Message();
  });
  EXPECT_EQ(vm().Exec({"/usr/bin/test", "-e", "/run/slow-post"}).exit_code, 1);
  ExpectConverges();
  Uninstall();
}

}  // namespace
}  // namespace dockerext
