// SPDX-License-Identifier: MIT
// PID 1 is re-executed while an operation waits for it or for apt, as an upgrade of systemd does it.
#include "tests/e2e/suites/handler/docker_vm.hpp"

namespace dockerext {
namespace {

// Holds apt's lock as apt does.
constexpr const char* kLock = R"(use Fcntl;
open(my $lock, ">>", "/var/lib/dpkg/lock-frontend") or die $!;
my $wanted = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLK, $wanted) or die $!;
sleep(1000);
)";

class ReexecutedSystemd : public DockerVm {
 protected:
  explicit ReexecutedSystemd(Guest::Image image = Guest::Image::kWithDocker) : DockerVm(image) {}
  void Reexecute() { vm().Run({"/usr/bin/systemctl", "daemon-reexec"}); }
};

TEST_F(ReexecutedSystemd, DuringTheRestartOfTheEngineIsNoFailure) {
  Serve();
  AddDropIn("10-slow.conf", "ExecStartPre=/bin/sleep 5");
  auto enable = InBackground({"enable", "--port", "5000"});
  AwaitEngine("activating");
  Reexecute();
  EXPECT_EQ(enable.get(), kSuccess) << LastStatus();
  ExpectServing(5000);
}

class ReexecutedSystemdWithoutDocker : public ReexecutedSystemd {
 protected:
  ReexecutedSystemdWithoutDocker() : ReexecutedSystemd(Guest::Image::kBare) {}
};

TEST_F(ReexecutedSystemdWithoutDocker, WhileAptsLockIsWaitedForIsNoFailure) {
  Write("/srv/lock.pl", kLock);
  vm().Run({"/usr/bin/systemd-run", "-q", "--unit=lock-holder", "perl", "/srv/lock.pl"});
  auto enable = InBackground({"run"});
  Await("grep -q 'waiting for another package manager' /var/lib/waagent/Example.*/status/0.status");
  Reexecute();
  vm().Run({"/usr/bin/systemctl", "stop", "lock-holder.service"});
  EXPECT_EQ(enable.get(), kSuccess) << LastStatus();
  ExpectServing();
}

}  // namespace
}  // namespace dockerext
