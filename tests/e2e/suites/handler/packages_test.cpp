// SPDX-License-Identifier: MIT
// A VM without Docker whose apt cannot do what is wanted, for one cause after the other: each is told in one
// sentence, and when the last is gone the next enable ends in success. What only keeps apt waiting is waited
// for.
#include <gmock/gmock.h>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kStatusIsError = 4;  // the harness's exit code

constexpr const char* kSources = "/etc/apt/sources.list";

// lock.pl FILE SENTENCE: takes the lock as apt does, and gives it back once the status says SENTENCE of it;
// returns when it has it.
constexpr const char* kLock = R"(use Fcntl;
my ($file, $sentence) = @ARGV;
pipe(my $in, my $out);
if (fork()) { close($out); exit(<$in> eq "held\n" ? 0 : 1); }
$0 = "unattended-upgr";
open(my $lock, ">>", $file) or die "$file: $!";
my $wanted = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLK, $wanted) or die "$file: $!";
syswrite($out, "held\n"); close($out);
sub told { return `cat /var/lib/waagent/*/status/0.status` =~ /\Q$sentence $file. It is held by process $$ ($0)\E/; }
for (1 .. 600) { last if told(); select(undef, undef, undef, 0.1); }
if (told()) { open(my $told, ">>", "/run/told"); print $told "$file\n"; }
)";

// As needrestart does it, after dpkg and unless it is told not to; and it says what it was given.
constexpr const char* kHook = R"(#!/bin/sh
tr '\0' '\n' </proc/self/environ >/run/hook.environment
readlink /proc/self/fd/0 >/run/hook.stdin
[ -n "$NEEDRESTART_SUSPEND" ] || systemctl restart walinuxagent.service
)";

class Packages : public SharedVm<Packages> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kBare;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (HasVm()) vm().Shell("cp " + std::string(kSources) + " /srv/sources.list");
  }

  static void Write(const std::string& path, const std::string& text, FileMode mode) {
    const Status written = vm().guest().WriteFile(path, text, mode);
    ASSERT_TRUE(written.ok()) << written.error().message;
  }

  // Of this archive in the place of the guest's own.
  static void UseArchive(const std::string& uri) {
    vm().Shell("sed -i 's!file:/srv/apt!" + uri + "!' " + kSources);
  }
  static void UseOwnArchive() { vm().Shell("cp /srv/sources.list " + std::string(kSources)); }

  // Code 52, with these words; and what the machine's owner can do.
  static void ExpectFailure(const Vm::Words& words) {
    EXPECT_EQ(vm().Harness({"run"}).exit_code, kStatusIsError);
    const std::string status = vm().StatusText(0);
    EXPECT_THAT(status, AllOf(HasSubstr("\"code\":52"), HasSubstr("and set the extension's settings again")));
    for (const std::string& word : words) EXPECT_THAT(status, HasSubstr(word));
  }
  // And nothing was installed.
  static void ExpectRefusal(const Vm::Words& words) {
    ExpectFailure(words);
    EXPECT_THAT(PackagesLeft(), IsEmpty());
  }
  static void ExpectSuccess() {
    EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
    EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  }

  // Of Docker's own; "" where none is installed, not even in part.
  static std::string PackagesLeft() {
    return vm().Shell(
        "dpkg-query -W -f '${db:Status-Abbrev}${Package}\\n' docker.io containerd runc tini 2>/dev/null | "
        "grep -v '^.[nc]'; true");
  }
  static void Uninstall() {
    EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
    vm().Shell("for i in $(seq 600); do [ -e /var/lib/docker-extension ] || exit 0; sleep 0.1; done; exit 1");
    EXPECT_THAT(PackagesLeft(), IsEmpty());
  }
};

TEST_F(Packages, AnArchiveThatCannotBeReached) {
  UseArchive("http://user:secret@127.0.0.1:9/debian");
  ExpectRefusal({"Unable to locate package docker.io; before that, apt could not refresh its lists",
                 "127.0.0.1:9/debian", "Connection refused", "let this VM reach its package archives"});
  EXPECT_THAT(vm().StatusText(0), Not(HasSubstr("secret")));
  UseOwnArchive();
}

TEST_F(Packages, AnArchiveThatIsNotThereAnyMore) {
  UseArchive("file:/srv/nowhere");
  ExpectRefusal({"'file:/srv/nowhere bookworm Release' does not have a Release file", "correct apt's list"});
  UseOwnArchive();
}

TEST_F(Packages, AnArchiveWithoutDocker) {
  vm().Shell(
      "mkdir /srv/empty && touch /srv/empty/Packages && "
      "echo 'deb [trusted=yes] file:/srv/empty ./' >" +
      std::string(kSources));
  ExpectRefusal(
      {"apt could not install docker.io: E: Unable to locate package docker.io; add a package archive"});
  UseOwnArchive();
}

TEST_F(Packages, AWrongSignature) {
  vm().Shell(
      "cd /srv/apt/dists/bookworm && cp InRelease /srv && sed -i 's/^Label: Guest/Label: Ghost/' InRelease");
  ExpectRefusal(
      {"BADSIG", "'file:/srv/apt bookworm InRelease' is not signed", "mend the key or the signature"});
  vm().Shell("cp /srv/InRelease /srv/apt/dists/bookworm");
}

TEST_F(Packages, APackageOnHold) {
  vm().Shell("apt-get -qq update && apt-mark -qq hold docker.io");  // apt-mark knows what is in the lists
  ExpectRefusal({"held packages will be changed: docker.io", "apt-mark showhold"});
  vm().Shell("apt-mark -qq unhold docker.io");
}

TEST_F(Packages, APackageThatIsNeededAndOnHold) {
  vm().Shell("apt-mark -qq hold containerd");
  ExpectRefusal({"docker.io : Depends: containerd", "it is not going to be installed", "apt-mark showhold"});
  vm().Shell("apt-mark -qq unhold containerd");
}

// One that must not go either; one that may is not removed without being asked for, which is another test's.
TEST_F(Packages, APackageInTheWay) {
  vm().Shell(
      "mkdir -p /tmp/rival/DEBIAN && printf 'Package: rival\\nVersion: 1\\nArchitecture: all\\n"
      "Maintainer: nobody <nobody@example.com>\\nConflicts: docker.io\\nDescription: rival\\n' "
      ">/tmp/rival/DEBIAN/control && dpkg-deb -b /tmp/rival /tmp/rival.deb && dpkg -i /tmp/rival.deb && "
      "apt-mark -qq hold rival");
  ExpectRefusal({"rival : Conflicts: docker.io", "release or remove what stands in the way"});
  vm().Shell("apt-mark -qq unhold rival && dpkg -r rival");
}

TEST_F(Packages, NoSpaceForTheLists) {
  UseArchive("copy:/srv/apt");
  vm().Shell("mount -t tmpfs -o size=4k none /var/lib/apt/lists");
  ExpectRefusal({"(28: No space left on device)", "free some space"});
  vm().Shell("umount /var/lib/apt/lists");
  UseOwnArchive();
}

TEST_F(Packages, NoSpaceForTheArchives) {
  UseArchive("copy:/srv/apt");
  vm().Shell("mount -t tmpfs -o size=1m none /var/cache/apt/archives");
  ExpectRefusal({"You don't have enough free space in /var/cache/apt/archives/", "free some space"});
  vm().Shell("umount /var/cache/apt/archives");
  UseOwnArchive();
}

// One disk after the other: dpkg stops in the middle, then the engine does not start; each enable goes on
// from where the last one stopped.
TEST_F(Packages, NoSpaceForDocker) {
  vm().Shell("mkdir -p /usr/share/docker.io && mount -t tmpfs -o size=4k none /usr/share/docker.io");
  ExpectFailure({"dpkg: error processing archive", "No space left on device", "free some space"});
  EXPECT_THAT(PackagesLeft(), HasSubstr("iU containerd"));
  vm().Shell("umount /usr/share/docker.io && mount -t tmpfs -o size=16k none /var/lib/docker");
  ExpectFailure({"dockerd says: ", "no space left on device", "free some space"});
  EXPECT_THAT(vm().Shell("ss -H -ltnp"), Not(HasSubstr("dockerd")));
  vm().Shell("mount -o remount,size=64m /var/lib/docker");
  ExpectSuccess();
  Uninstall();
}

// dpkg dies while it configures docker.io: its unit and its dockerd are there by then.
TEST_F(Packages, AnInterruptedDpkgIsRepaired) {
  Write("/usr/sbin/policy-rc.d",
        "#!/bin/sh\ncase $1 in docker*) rm -f /usr/sbin/policy-rc.d; pkill -KILL -x dpkg ;; esac\nexit 0\n",
        0755_mode);
  ExpectFailure({"dpkg exited unexpectedly", "see what killed dpkg"});
  EXPECT_THAT(PackagesLeft(), HasSubstr("iF docker.io"));
  EXPECT_NE(vm().Shell("ls /var/lib/dpkg/updates"), "");
  ExpectSuccess();
  EXPECT_THAT(PackagesLeft(), HasSubstr("ii docker.io"));
  Uninstall();
}

// Each holder lets go when the status names it, so all four have been waited for, in the order in which apt
// wants them.
TEST_F(Packages, LocksOfOthersAreWaitedForAndNothingIsAskedOrRestarted) {
  Write("/srv/lock.pl", kLock, 0644_mode);
  Write("/srv/hook", kHook, 0755_mode);
  Write("/etc/apt/apt.conf.d/99hook", "DPkg::Post-Invoke { \"/srv/hook\"; };\n", 0644_mode);
  Write("/etc/systemd/system/walinuxagent.service", "[Service]\nExecStart=/bin/sleep infinity\n", 0644_mode);
  const std::string agent = vm().Shell(
      "systemctl daemon-reload && systemctl start walinuxagent.service && "
      "systemctl show -p MainPID walinuxagent.service");
  const std::string locks =
      "/var/lib/apt/lists/lock\n/var/lib/dpkg/lock-frontend\n/var/lib/dpkg/lock\n/var/cache/apt/archives/"
      "lock";
  vm().Shell(
      "rm -f /var/lib/waagent/*/status/0.status; for file in $(printf '" + locks +
      "'); do perl /srv/lock.pl $file 'waiting for another package manager to end: E: Could not get lock' || "
      "exit 1; done");

  ExpectSuccess();

  EXPECT_EQ(vm().Shell("cat /run/told"), locks);
  EXPECT_THAT(vm().Shell("cat /run/hook.environment"),
              AllOf(HasSubstr("DEBIAN_FRONTEND=noninteractive"), HasSubstr("NEEDRESTART_SUSPEND=1"),
                    HasSubstr("APT_LISTCHANGES_FRONTEND=none")));
  EXPECT_EQ(vm().Shell("cat /run/hook.stdin"), "/dev/null");
  EXPECT_EQ(vm().Say({"/usr/bin/systemctl", "show", "-p", "MainPID", "walinuxagent.service"}), agent);
}

}  // namespace
}  // namespace dockerext
