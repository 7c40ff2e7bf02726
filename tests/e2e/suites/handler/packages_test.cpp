// SPDX-License-Identifier: MIT
// A VM without Docker whose apt fails for one cause after the other: each is reported in one sentence, and
// once it is fixed the next enable succeeds. Locks held by other programs are waited for.
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

// lock.pl FILE SENTENCE: takes the lock as apt does, returns once it holds it, and releases it once the
// status reports SENTENCE with FILE and the holder.
constexpr const char* kLock = R"(use Fcntl;
my ($file, $sentence) = @ARGV;
pipe(my $in, my $out);
if (fork()) { close($out); exit(<$in> eq "held\n" ? 0 : 1); }
$0 = "unattended-upgr";
open(my $lock, ">>", $file) or die "$file: $!";
my $wanted = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLK, $wanted) or die "$file: $!";
syswrite($out, "held\n"); close($out);
sub reported {
  return `cat /var/lib/waagent/*/status/0.status` =~ /\Q$sentence $file. It is held by process $$ ($0)\E/;
}
for (1 .. 600) { last if reported(); select(undef, undef, undef, 0.1); }
if (reported()) { open(my $log, ">>", "/run/reported"); print $log "$file\n"; }
)";

// Restarts services after dpkg as needrestart does, unless it is suspended, and records its environment.
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
    ASSERT_TRUE(written.ok()) << written.error().Message();
  }

  // Replaces the local archive of the guest by this one.
  static void UseArchive(const std::string& uri) {
    vm().Shell("sed -i 's!file:/srv/apt!" + uri + "!' " + kSources);
  }
  static void RestoreArchive() { vm().Shell("cp /srv/sources.list " + std::string(kSources)); }

  // With auto, an archive that lacks Docker would be followed by Docker's own repository, which no guest
  // reaches: that error comes after a minute.
  static Vm::Output Run(const Vm::Args& options = {}) {
    Vm::Args arguments = {"run", "--public",
                          vm().Put("public.json", R"({"docker": {"source": "distribution"}})")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return vm().Harness(arguments);
  }

  // Expects code 52 with these excerpts and a remedy.
  static void ExpectFailure(const Vm::Args& excerpts) {
    EXPECT_EQ(Run().exit_code, kStatusIsError);
    const std::string status = vm().StatusText(0);
    EXPECT_THAT(status, AllOf(HasSubstr("\"code\":52"), HasSubstr("and set the extension's settings again")));
    for (const std::string& excerpt : excerpts) EXPECT_THAT(status, HasSubstr(excerpt));
  }
  // The same, and nothing is installed.
  static void ExpectCleanFailure(const Vm::Args& excerpts) {
    ExpectFailure(excerpts);
    EXPECT_THAT(DockerPackages(), IsEmpty());
  }
  static void ExpectSuccess() {
    EXPECT_EQ(Run().exit_code, 0);
    EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
  }

  // The packages of Docker that are installed, even partly; "" if none.
  static std::string DockerPackages() {
    return vm().Shell(
        "dpkg-query -W -f '${db:Status-Abbrev}${Package}\\n' docker.io containerd runc tini 2>/dev/null | "
        "grep -v '^.[nc]'; true");
  }
  static void Uninstall() {
    EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
    vm().Shell("for i in $(seq 600); do [ -e /var/lib/docker-extension ] || exit 0; sleep 0.1; done; exit 1");
    EXPECT_THAT(DockerPackages(), IsEmpty());
  }
};

// It may be there a moment later, as at a first boot.
TEST_F(Packages, AnUnreachableArchiveIsWaitedForAndNamed) {
  constexpr int kStillTransitioning = 6;
  UseArchive("http://user:secret@127.0.0.1:9/debian");
  EXPECT_EQ(Run({"--wait", "20"}).exit_code, kStillTransitioning);
  const std::string status = vm().StatusText(0);
  EXPECT_THAT(status, AllOf(HasSubstr("waiting for "), HasSubstr("127.0.0.1:9/debian"),
                            HasSubstr("Connection refused")));
  EXPECT_THAT(status, Not(HasSubstr("secret")));
  EXPECT_THAT(DockerPackages(), IsEmpty());
  RestoreArchive();
}

TEST_F(Packages, AMissingArchiveIsReported) {
  UseArchive("file:/srv/nowhere");
  ExpectCleanFailure(
      {"'file:/srv/nowhere bookworm Release' does not have a Release file", "correct apt's list"});
  RestoreArchive();
}

TEST_F(Packages, AnArchiveWithoutDockerIsReported) {
  vm().Shell(
      "mkdir /srv/empty && touch /srv/empty/Packages && "
      "echo 'deb [trusted=yes] file:/srv/empty ./' >" +
      std::string(kSources));
  ExpectCleanFailure(
      {"apt could not install docker.io: E: Unable to locate package docker.io; add a package archive"});
  RestoreArchive();
}

TEST_F(Packages, AnInvalidSignatureIsReported) {
  vm().Shell(
      "cd /srv/apt/dists/bookworm && cp InRelease /srv && sed -i 's/^Label: Guest/Label: Ghost/' InRelease");
  ExpectCleanFailure(
      {"BADSIG", "'file:/srv/apt bookworm InRelease' is not signed", "fix the key or the signature"});
  vm().Shell("cp /srv/InRelease /srv/apt/dists/bookworm");
}

TEST_F(Packages, ADockerPackageOnHoldIsReported) {
  vm().Shell(
      "apt-get -qq update && apt-mark -qq hold docker.io");  // apt-mark finds only packages of the lists
  ExpectCleanFailure({"held packages will be changed: docker.io", "apt-mark showhold"});
  vm().Shell("apt-mark -qq unhold docker.io");
}

TEST_F(Packages, ADependencyOnHoldIsReported) {
  vm().Shell("apt-mark -qq hold containerd");
  ExpectCleanFailure(
      {"docker.io : Depends: containerd", "it is not going to be installed", "apt-mark showhold"});
  vm().Shell("apt-mark -qq unhold containerd");
}

// A conflicting package on hold. One that apt may remove is covered by PodmanDockerIsNotRemoved.
TEST_F(Packages, AConflictingPackageIsReported) {
  vm().Shell(
      "mkdir -p /tmp/rival/DEBIAN && printf 'Package: rival\\nVersion: 1\\nArchitecture: all\\n"
      "Maintainer: nobody <nobody@example.com>\\nConflicts: docker.io\\nDescription: rival\\n' "
      ">/tmp/rival/DEBIAN/control && dpkg-deb -b /tmp/rival /tmp/rival.deb && dpkg -i /tmp/rival.deb && "
      "apt-mark -qq hold rival");
  ExpectCleanFailure({"rival : Conflicts: docker.io", "release the hold or remove the conflicting package"});
  vm().Shell("apt-mark -qq unhold rival && dpkg -r rival");
}

TEST_F(Packages, AFullDiskForTheListsIsReported) {
  UseArchive("copy:/srv/apt");
  vm().Shell("mount -t tmpfs -o size=4k none /var/lib/apt/lists");
  ExpectCleanFailure({"(28: No space left on device)", "free some space"});
  vm().Shell("umount /var/lib/apt/lists");
  RestoreArchive();
}

TEST_F(Packages, AFullDiskForTheArchivesIsReported) {
  UseArchive("copy:/srv/apt");
  vm().Shell("mount -t tmpfs -o size=1m none /var/cache/apt/archives");
  ExpectCleanFailure({"You don't have enough free space in /var/cache/apt/archives/", "free some space"});
  vm().Shell("umount /var/cache/apt/archives");
  RestoreArchive();
}

// Two full disks: first dpkg fails halfway, then the engine does not start. Each enable continues where the
// last one stopped.
TEST_F(Packages, AFullDiskForDockerIsReported) {
  vm().Shell("mkdir -p /usr/share/docker.io && mount -t tmpfs -o size=4k none /usr/share/docker.io");
  ExpectFailure({"dpkg: error processing archive", "No space left on device", "free some space"});
  EXPECT_THAT(DockerPackages(), HasSubstr("iU containerd"));
  vm().Shell("umount /usr/share/docker.io && mount -t tmpfs -o size=16k none /var/lib/docker");
  ExpectFailure({"dockerd logged: ", "no space left on device", "free some space"});
  EXPECT_THAT(vm().Shell("ss -H -ltnp"), Not(HasSubstr("dockerd")));
  vm().Shell("mount -o remount,size=64m /var/lib/docker");
  ExpectSuccess();
  Uninstall();
}

// dpkg is killed while it configures docker.io, after its unit and dockerd have been installed.
TEST_F(Packages, AnInterruptedDpkgIsRepaired) {
  Write("/usr/sbin/policy-rc.d",
        "#!/bin/sh\ncase $1 in docker*) rm -f /usr/sbin/policy-rc.d; pkill -KILL -x dpkg ;; esac\nexit 0\n",
        0755_mode);
  ExpectFailure({"dpkg exited unexpectedly", "see what killed dpkg"});
  EXPECT_THAT(DockerPackages(), HasSubstr("iF docker.io"));
  EXPECT_NE(vm().Shell("ls /var/lib/dpkg/updates"), "");
  ExpectSuccess();
  EXPECT_THAT(DockerPackages(), HasSubstr("ii docker.io"));
  Uninstall();
}

// Each holder releases its lock once the status names it, so enable has waited for all four, in the order in
// which apt takes them.
TEST_F(Packages, EnableWaitsForLocksAndNothingPromptsOrRestarts) {
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
  vm().Shell("rm -f /var/lib/waagent/*/status/0.status; for file in $(printf '" + locks +
             "'); do perl /srv/lock.pl $file 'waiting for another package manager: E: Could not get lock' || "
             "exit 1; done");

  ExpectSuccess();

  EXPECT_EQ(vm().Shell("cat /run/reported"), locks);
  EXPECT_THAT(vm().Shell("cat /run/hook.environment"),
              AllOf(HasSubstr("DEBIAN_FRONTEND=noninteractive"), HasSubstr("NEEDRESTART_SUSPEND=1"),
                    HasSubstr("APT_LISTCHANGES_FRONTEND=none")));
  EXPECT_EQ(vm().Shell("cat /run/hook.stdin"), "/dev/null");
  EXPECT_EQ(vm().Run({"/usr/bin/systemctl", "show", "-p", "MainPID", "walinuxagent.service"}), agent);
}

}  // namespace
}  // namespace dockerext
