// SPDX-License-Identifier: MIT
// A VM that plays an Ubuntu whose own archive has no Docker, with a copy of Docker's archive: docker.source
// decides where Docker comes from. The tests share a VM; each leaves it without Docker.
#include "tests/e2e/suites/handler/package_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kMirror = "file:///srv/upstream/linux";
constexpr const char* kKey = "/srv/upstream/linux/ubuntu/gpg";
constexpr const char* kOwnersList = "/etc/apt/sources.list.d/docker.list";

// What apt, dpkg, containerd and dockerd write for themselves; the group that the package creates; and what
// stays of packages that are removed, but not purged: configuration (netbase's) and the links of their units.
const std::vector<std::string> kOfOthers = {"/var/lib/dpkg",
                                            "/var/lib/apt",
                                            "/var/cache/apt",
                                            "/var/cache/debconf",
                                            "/var/cache/ldconfig",
                                            "/var/lib/systemd/deb-systemd",
                                            "/etc/systemd/system/",
                                            "/etc/ethertypes",
                                            "/etc/networks",
                                            "/etc/protocols",
                                            "/etc/rpc",
                                            "/etc/services",
                                            "/opt/containerd",
                                            "/etc/cni",
                                            "/var/lib/containerd d",
                                            "/var/lib/docker d",
                                            "/etc/docker/key.json",
                                            "/etc/docker d",
                                            "/etc/group",
                                            "/etc/gshadow"};

class Upstream : public SharedVm<Upstream> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithUpstream;

 protected:
  static PackageWorld world() { return PackageWorld(vm()); }
  static nlohmann::json Custom() {
    return world().Repository("custom", std::string(kMirror) + "/{id}", kKey);
  }
  static std::string Packages() {
    return vm().Shell("dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Version}\\n' | grep ^i");
  }
  static std::string Sources() {
    return vm().Shell("ls /etc/apt/sources.list.d /etc/apt/keyrings 2>/dev/null; true");
  }
  static std::string Engine() {
    return vm().Shell("dpkg-query -W -f '${Version}' docker-ce | sed 's/^5://; s/-.*//'");
  }
  static void AddOwnersList() {
    const std::string line =
        "deb [signed-by=" + std::string(kKey) + "] " + kMirror + "/ubuntu jammy stable\n";
    const Status written = vm().guest().WriteFile(kOwnersList, line, 0644_mode);
    ASSERT_TRUE(written.ok()) << written.error().Message();
  }
  static void UninstallAndExpect(const std::string& packages, const std::string& sources) {
    world().Uninstall();
    EXPECT_EQ(Packages(), packages);
    EXPECT_EQ(Sources(), sources);
  }
};

TEST_F(Upstream, ACustomArchiveIsAddedAndUninstallLeavesNothing) {
  const std::string before = vm().Snapshot();
  const std::string packages = Packages();
  const std::string sources = Sources();
  EXPECT_EQ(world().Enable(Custom()), PackageWorld::kSuccess);
  world().ExpectServing();
  EXPECT_THAT(Packages(),
              AllOf(HasSubstr("ii docker-ce 5:"), HasSubstr("ii containerd.io "),
                    HasSubstr("ii docker-buildx-plugin "), HasSubstr("ii docker-compose-plugin ")));
  EXPECT_THAT(vm().Shell("cat /etc/apt/sources.list.d/docker-extension.sources"),
              AllOf(HasSubstr("URIs: file:///srv/upstream/linux/ubuntu\n"), HasSubstr("Suites: jammy\n"),
                    HasSubstr("Components: stable\n"),
                    HasSubstr("Signed-By: /etc/apt/keyrings/docker-extension.asc")));

  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, PackageWorld::kSuccess);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_THAT(Differences(tree, vm().Tree()), IsEmpty());

  UninstallAndExpect(packages, sources);
  EXPECT_EQ(vm().Shell("ls /var/lib/apt/lists | grep srv_upstream; true"), "");
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_THAT(Except(Differences(before, vm().Snapshot()), kOfOthers), IsEmpty());
}

TEST_F(Upstream, AnAskedVersionOfAMirrorIsInstalledAndUpgraded) {
  const std::string packages = Packages();
  const std::string sources = Sources();
  const auto offered = vm().Shell(
      "find /srv/upstream -name 'docker-ce_*.deb' | sed 's/.*docker-ce_//; s/-.*//; s/.*[:%a]//' | sort -V");
  const auto end = offered.find('\n');
  ASSERT_NE(end, std::string::npos) << offered;
  nlohmann::json settings = world().Repository("upstream", kMirror, kKey);
  settings["version"] = offered.substr(0, end);
  EXPECT_EQ(world().Enable(settings), PackageWorld::kSuccess);
  EXPECT_EQ(Engine(), offered.substr(0, end));
  settings["version"] = offered.substr(end + 1);
  world().ExpectFailedUpgrade(settings, "docker-ce_*" + offered.substr(end + 1) + "*.deb");
  EXPECT_EQ(world().Change(settings), PackageWorld::kSuccess);
  EXPECT_EQ(Engine(), offered.substr(end + 1));
  EXPECT_THAT(vm().Run({"/usr/bin/docker", "version", "-f", "{{.Server.Version}}"}),
              HasSubstr(offered.substr(end + 1)));
  world().ExpectServing();
  const std::string list = vm().Shell("cat /etc/apt/sources.list.d/docker-extension.sources");
  nlohmann::json wrong = settings;
  wrong["repository"]["url"] = "file:///srv/nowhere";
  wrong["version"] = "99";
  EXPECT_NE(world().Change(wrong), PackageWorld::kSuccess);
  EXPECT_THAT(world().LastStatus(), AllOf(HasSubstr("cannot read the repository file:///srv/nowhere/ubuntu"),
                                          HasSubstr("publicSettings.docker.repository.url")));
  EXPECT_EQ(vm().Shell("cat /etc/apt/sources.list.d/docker-extension.sources"), list);
  EXPECT_THAT(vm().Shell("apt-cache policy docker-ce"), HasSubstr("file:/srv/upstream/linux/ubuntu"));
  EXPECT_EQ(vm().Shell("ls /var/lib/apt/lists /var/lib/apt/lists/partial | grep nowhere; true"), "");
  settings["version"] = "1";
  EXPECT_NE(world().Change(settings), PackageWorld::kSuccess);
  EXPECT_THAT(world().LastStatus(), HasSubstr("docker.allowDowngrade"));
  UninstallAndExpect(packages, sources);
}

// The engine and what runs in it stay as they are.
TEST_F(Upstream, AChangedMirrorOrKeyIsAppliedWhereItCanBeUsed) {
  const std::string packages = Packages();
  const std::string sources = Sources();
  EXPECT_EQ(world().Enable(Custom()), PackageWorld::kSuccess);
  const std::string pid = vm().EnginePid();
  vm().Shell("ln -s upstream /srv/moved");
  nlohmann::json settings = Custom();
  settings["repository"]["url"] = "file:///srv/moved/linux/ubuntu";
  EXPECT_EQ(world().Change(settings), PackageWorld::kSuccess);
  const std::string list = vm().Shell("cat /etc/apt/sources.list.d/docker-extension.sources");
  EXPECT_THAT(list, HasSubstr("URIs: file:///srv/moved/linux/ubuntu\n"));
  EXPECT_THAT(vm().Shell("apt-cache policy docker-ce"),
              AllOf(HasSubstr("file:/srv/moved/linux/ubuntu"), testing::Not(HasSubstr("/srv/upstream"))));

  nlohmann::json foreign = settings;
  foreign["repository"] =
      world().Repository("custom", "", "/usr/share/keyrings/guest-archive.asc")["repository"];
  foreign["repository"]["url"] = settings["repository"]["url"];
  EXPECT_EQ(world().Change(foreign), PackageWorld::kStatusIsError);
  EXPECT_THAT(world().LastStatus(), AllOf(HasSubstr("\"code\":52"), HasSubstr("NO_PUBKEY")));
  EXPECT_EQ(vm().Shell("cat /etc/apt/sources.list.d/docker-extension.sources"), list);
  EXPECT_EQ(vm().Shell("cmp /etc/apt/keyrings/docker-extension.asc " + std::string(kKey)), "");
  EXPECT_EQ(vm().EnginePid(), pid);
  world().ExpectServing();
  UninstallAndExpect(packages, sources);
  vm().Run({"/bin/rm", "/srv/moved"});
}

// Nor is it started by it.
TEST_F(Upstream, AnEngineThatItsPackageMayNotStopIsStoppedByUninstall) {
  const std::string packages = Packages();
  const std::string sources = Sources();
  vm().Shell("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(world().Enable(Custom()), PackageWorld::kSuccess);
    world().ExpectServing();
    UninstallAndExpect(packages, sources);
    world().Await("! pgrep -x dockerd && ! pgrep -x containerd");
  }
  vm().Run({"/bin/rm", "/usr/sbin/policy-rc.d"});
}

TEST_F(Upstream, ASourceOfItsOwnerWins) {
  const std::string packages = Packages();
  AddOwnersList();
  const std::string sources = Sources();
  for (const nlohmann::json& settings : {Custom(), nlohmann::json::object()}) {
    EXPECT_EQ(world().Enable(settings), PackageWorld::kSuccess);
    world().ExpectServing();
    EXPECT_EQ(Sources(), sources);
    UninstallAndExpect(packages, sources);
  }
  vm().Run({"/bin/rm", kOwnersList});
}

// apt reads no list at all while two of one URI name different keys.
TEST_F(Upstream, ASourceThatItsOwnerAddsLaterDoesNotPreventTheRemoval) {
  const std::string packages = Packages();
  EXPECT_EQ(world().Enable(Custom()), PackageWorld::kSuccess);
  AddOwnersList();
  EXPECT_NE(vm().Exec({"/usr/bin/apt-get", "check"}).exit_code, 0);
  UninstallAndExpect(packages, "/etc/apt/keyrings:\n\n/etc/apt/sources.list.d:\ndocker.list");
  vm().Run({"/bin/rm", kOwnersList});
}

TEST_F(Upstream, AnArchiveThatAnotherKeySignsIsNotUsedAndIsRemoved) {
  const std::string packages = Packages();
  const std::string sources = Sources();
  const auto settings =
      world().Repository("custom", std::string(kMirror) + "/ubuntu", "/usr/share/keyrings/guest-archive.asc");
  EXPECT_EQ(world().Enable(settings), PackageWorld::kStatusIsError);
  EXPECT_THAT(world().LastStatus(), AllOf(HasSubstr("\"code\":52"), HasSubstr("NO_PUBKEY"),
                                          HasSubstr("publicSettings.docker.repository.key")));
  EXPECT_EQ(Packages(), packages);
  EXPECT_EQ(Sources(), sources);
}

TEST_F(Upstream, AnEngineOfItsOwnerIsUsedAndStays) {
  AddOwnersList();
  vm().Shell(
      "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y docker-ce >/dev/null");
  const std::string packages = Packages();
  EXPECT_NE(world().Enable({{"source", "distribution"}}), PackageWorld::kSuccess);
  EXPECT_THAT(world().LastStatus(), AllOf(HasSubstr("\"code\":53"), HasSubstr("docker-ce is installed")));
  EXPECT_EQ(world().Enable(nlohmann::json::object()), PackageWorld::kSuccess);
  world().ExpectServing();
  world().Uninstall();
  EXPECT_EQ(Packages(), packages);
}

}  // namespace
}  // namespace dockerext
