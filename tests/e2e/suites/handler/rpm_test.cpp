// SPDX-License-Identifier: MIT
// Enable and uninstall on a VM that plays an rpm distribution: dnf or zypper install Docker, a client on
// another host is answered, and nothing is left of it. The tests share a VM; each leaves it without Docker.
#include "handler/base/text.hpp"
#include "tests/e2e/suites/handler/rpm_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What rpm, the managers, containerd and dockerd write for themselves; the group that the package creates;
// and folders that no package owns.
const std::vector<std::string> kOfOthers = {"/var/lib/rpm",
                                            "/usr/lib/sysimage/rpm",
                                            "/var/lib/dnf",
                                            "/var/cache/dnf",
                                            "/usr/lib/sysimage/libdnf5",
                                            "/var/cache/libdnf5",
                                            "/var/lib/zypp",
                                            "/var/cache/zypp",
                                            "/opt/containerd",
                                            "/etc/cni",
                                            "/var/lib/containerd d",
                                            "/var/lib/docker d",
                                            "/etc/docker/key.json",
                                            "/etc/docker d",
                                            "/etc/group",
                                            "/etc/gshadow",
                                            "/usr/libexec/docker",
                                            "/usr/lib/docker d",
                                            "/usr/lib/docker/cli-plugins d",
                                            "/etc/sysconfig d",
                                            "/usr/share/doc/packages d"};

class Rpm : public RpmVm {
 protected:
  // The versions of the engine that the local repository has, the older first.
  static std::pair<std::string, std::string> Versions() {
    const auto lines =
        Split(vm().Shell("find /srv/rpm -path '*unsigned*' -name '" + Played().engine +
                         "-[0-9]*.rpm' -printf '%f\\n' | sed 's/^[^0-9]*//; s/[-_].*//' | sort -u -V"),
              '\n');
    EXPECT_EQ(lines.size(), 2U);
    return {lines.front(), lines.back()};
  }
};

TEST_F(Rpm, AColdInstallIsServedAndUninstallLeavesNothing) {
  const nlohmann::json settings = Settings();
  const std::string before = vm().Snapshot();
  const std::string packages = Packages();
  EXPECT_EQ(world().Enable(settings), PackageWorld::kSuccess);
  world().ExpectServing();
  ExpectDocker();
  EXPECT_EQ(RepositoryFiles(), Played().url.empty() ? ""
                                                    : "/etc/pki/rpm-gpg/RPM-GPG-KEY-docker-extension\n"
                                                      "/etc/yum.repos.d/docker-extension.repo");
  EXPECT_THAT(vm().Shell("ls " + Played().plugins),
              AllOf(HasSubstr("docker-buildx"), HasSubstr("docker-compose")));

  const std::string pid = vm().EnginePid();
  const std::string tree = vm().Tree();
  const std::string status = vm().StatusText(0);
  EXPECT_EQ(vm().Harness({"enable"}).exit_code, PackageWorld::kSuccess);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_THAT(Differences(tree, vm().Tree()), IsEmpty());
  EXPECT_EQ(vm().StatusText(0), status);

  world().Uninstall();
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(Packages(), packages);
  ExpectNoDocker();
  EXPECT_THAT(Except(Differences(before, vm().Snapshot()), kOfOthers), IsEmpty());
}

// rpm enables no service of a package that it installs.
TEST_F(Rpm, AContainerRunsAndRemoteAccessSurvivesAReboot) {
  EXPECT_EQ(world().Enable(Settings()), PackageWorld::kSuccess);
  ASSERT_EQ(vm().DockerTlsVerify({"import", Variable("DX_GUEST_IMAGE") + "/image.tar", "tiny"}).exit_code, 0);
  const Vm::Output run = vm().DockerTlsVerify({"run", "--rm", "tiny", "echo", "hello from the container"});
  EXPECT_EQ(run.out, "hello from the container\n") << run.err;
  const Status rebooted = vm().guest().Reboot();
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().Message();
  world().ExpectServing();
  world().Uninstall();
  ExpectNoDocker();
}

TEST_F(Rpm, AnAskedVersionIsInstalledAndADowngradeOnlyIfAllowed) {
  const auto [older, newer] = Versions();
  nlohmann::json settings = Settings();
  settings["version"] = older;
  EXPECT_EQ(world().Enable(settings), PackageWorld::kSuccess);
  EXPECT_EQ(world().EngineVersion(), older);
  settings["version"] = newer;
  world().ExpectFailedUpgrade(settings, Played().engine + "-" + newer + "*.rpm");
  EXPECT_EQ(world().Change(settings), PackageWorld::kSuccess);
  EXPECT_EQ(world().EngineVersion(), newer);
  settings["version"] = older;
  EXPECT_NE(world().Change(settings), PackageWorld::kSuccess);
  EXPECT_THAT(world().LastStatus(), HasSubstr("docker.allowDowngrade"));
  EXPECT_THAT(Packages(), HasSubstr(Played().engine + "-" + newer));
  settings["allowDowngrade"] = true;
  EXPECT_EQ(world().Change(settings), PackageWorld::kSuccess);
  EXPECT_EQ(world().EngineVersion(), older);
  world().Uninstall();
  ExpectNoDocker();
}

// rpm then has both versions, and each would be taken for the one that is asked for.
TEST_F(Rpm, AChangeOfVersionThatIsKilledIsCompletedByTheNextEnable) {
  const auto [older, newer] = Versions();
  nlohmann::json settings = Settings();
  settings["allowDowngrade"] = true;
  settings["version"] = older;
  EXPECT_EQ(world().Enable(settings), PackageWorld::kSuccess);
  for (const std::string& version : {newer, older}) {
    vm().Shell(
        "inode=$(stat -c %i /usr/bin/dockerd); setsid sh -c 'while [ \"$(stat -c %i /usr/bin/dockerd)\" = "
        "\"$0\" ]; "
        "do :; done; systemctl kill -s KILL \"docker-extension-*.service\"' \"$inode\" >/dev/null 2>&1 &");
    settings["version"] = version;
    EXPECT_NE(world().Change(settings), PackageWorld::kSuccess);
    EXPECT_EQ(world().Change(settings), PackageWorld::kSuccess);
    EXPECT_EQ(world().EngineVersion(), version);
    EXPECT_THAT(vm().Shell("rpm -q " + Played().engine),
                AllOf(HasSubstr(Played().engine + "-" + version), Not(HasSubstr("\n"))));
  }
  world().Uninstall();
  ExpectNoDocker();
}

// The former key is trusted no longer, although it signed these packages.
TEST_F(Rpm, PackagesOfAChangedRepositoryMustBeSignedByItsKey) {
  if (Played().url.empty()) return;  // the extension adds no repository to openSUSE
  const auto [older, newer] = Versions();
  nlohmann::json settings = Settings();
  settings["version"] = older;
  EXPECT_EQ(world().Enable(settings), PackageWorld::kSuccess);
  const std::string keys = Keys();
  nlohmann::json foreign = settings;
  foreign["repository"]["key"] =
      world().Repository("custom", "", "/srv/rpm/foreign-key.asc")["repository"]["key"];
  foreign["version"] = newer;
  EXPECT_EQ(world().Change(foreign), PackageWorld::kStatusIsError);
  EXPECT_THAT(world().LastStatus(),
              AllOf(HasSubstr("\"code\":52"), HasSubstr("publicSettings.docker.repository.key")));
  EXPECT_EQ(world().EngineVersion(), older);
  EXPECT_EQ(Keys(), keys);
  world().ExpectServing();
  world().Uninstall();
  ExpectNoDocker();
}

// A key that was replaced is not trusted any longer.
TEST_F(Rpm, AChangedMirrorAndItsKeyAreAppliedWhereTheyCanBeUsed) {
  if (Played().url.empty()) return;  // the extension adds no repository to openSUSE
  const std::string keys = Keys();
  EXPECT_EQ(world().Enable(Settings()), PackageWorld::kSuccess);
  const std::string pid = vm().EnginePid();
  const auto moved = world().Repository("custom", "file:///srv/rpm/foreign", "/srv/rpm/foreign-key.asc");
  EXPECT_EQ(world().Change(moved), PackageWorld::kSuccess);
  EXPECT_EQ(vm().EnginePid(), pid);
  EXPECT_THAT(Keys(), AllOf(HasSubstr("foreign@localhost"), Not(HasSubstr("docker@localhost"))));
  const std::string list = vm().Shell("cat /etc/yum.repos.d/docker-extension.repo");
  EXPECT_THAT(list, HasSubstr("baseurl=file:///srv/rpm/foreign\n"));

  nlohmann::json wrong = moved;
  wrong["repository"]["key"] = Settings()["repository"]["key"];
  EXPECT_EQ(world().Change(wrong), PackageWorld::kStatusIsError);
  EXPECT_THAT(world().LastStatus(),
              HasSubstr("dnf cannot verify the repository file:///srv/rpm/foreign with"));
  EXPECT_THAT(Keys(), AllOf(HasSubstr("foreign@localhost"), Not(HasSubstr("docker@localhost"))));

  const auto nowhere = world().Repository("custom", "file:///srv/nowhere", "/srv/rpm/docker-key.asc");
  EXPECT_EQ(world().Change(nowhere), PackageWorld::kStatusIsError);
  EXPECT_THAT(world().LastStatus(), HasSubstr("\"code\":52"));
  EXPECT_EQ(vm().Shell("cat /etc/yum.repos.d/docker-extension.repo"), list);
  EXPECT_THAT(Keys(), AllOf(HasSubstr("foreign@localhost"), Not(HasSubstr("docker@localhost"))));
  world().Uninstall();
  ExpectNoDocker();
  EXPECT_EQ(Keys(), keys);
  EXPECT_EQ(vm().Shell("ls -d /var/cache/*dnf*/docker-extension* 2>/dev/null; true"), "");
}

TEST_F(Rpm, AnEngineOfItsOwnerIsUsedAndStays) {
  AddOwnersRepository();
  vm().Shell(Played().install + " " + Played().engine);
  const std::string packages = Packages();
  const std::string keys = Keys();
  const std::string before = vm().Snapshot();
  EXPECT_EQ(world().Enable(nlohmann::json::object()), PackageWorld::kSuccess);
  world().ExpectServing();
  EXPECT_EQ(Packages(), packages);
  EXPECT_EQ(RepositoryFiles(), "");
  world().Uninstall();
  EXPECT_EQ(Packages(), packages);
  EXPECT_EQ(Keys(), keys);
  EXPECT_THAT(Except(Differences(before, vm().Snapshot()), kOfOthers), IsEmpty());
}

// The engine of the test before is another source's.
TEST_F(Rpm, AnEngineOfAnotherSourceIsNotReplaced) {
  const std::string packages = Packages();
  const std::string other = Played().url.empty() ? "upstream" : "distribution";
  EXPECT_NE(world().Enable({{"source", other}}), PackageWorld::kSuccess);
  EXPECT_THAT(world().LastStatus(),
              AllOf(HasSubstr("\"code\":53"), HasSubstr(Played().engine + " is installed")));
  EXPECT_EQ(Packages(), packages);
  world().Uninstall();
  EXPECT_EQ(Packages(), packages);
}

}  // namespace
}  // namespace dockerext
