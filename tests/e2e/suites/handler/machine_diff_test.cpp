// SPDX-License-Identifier: MIT
// What uninstall leaves of the extension on a VM that had Docker already: nothing, to the byte.
#include <gmock/gmock.h>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::IsEmpty;

// The engine as systemd sees it, which no file shows.
std::string UnitStates(const Vm& vm) {
  return vm.Shell(
      "systemctl is-active docker.service docker.socket; systemctl is-enabled docker.service docker.socket; "
      "true");
}

// after

class MachineDiff : public SharedVm<MachineDiff> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  void ExpectTheSameAfterUninstall() {
    const std::string before = vm().Snapshot();
    const std::string units = UnitStates(vm());
    EXPECT_EQ(vm().Harness({"run"}).exit_code, 0);
    EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
    EXPECT_TRUE(vm().Snapshot() != before);
    EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
    EXPECT_THAT(Differences(before, vm().Snapshot()), IsEmpty());
    EXPECT_EQ(UnitStates(vm()), units);
  }
};

TEST_F(MachineDiff, AnEngineThatRuns) { ExpectTheSameAfterUninstall(); }

TEST_F(MachineDiff, ADaemonJsonInSomebodysOwnHand) {
  const std::string text =
      "\n{\t\"log-level\" :\"warn\",\r\n\n   \"labels\":[ \"floor=3\" ],\"log-opts\":{\"max-size\":\"1m\"}}";
  ASSERT_TRUE(vm().guest().WriteFile("/etc/docker/daemon.json", text, 0640_mode).ok());
  ExpectTheSameAfterUninstall();
  EXPECT_EQ(*vm().guest().ReadFile("/etc/docker/daemon.json"), text);
}

TEST_F(MachineDiff, AFolderOfDropInsThatIsNotOurs) {
  vm().Shell("mkdir -m 0750 /etc/systemd/system/docker.service.d");
  ExpectTheSameAfterUninstall();
}

TEST_F(MachineDiff, ADaemonJsonThatIsALink) {
  vm().Shell(
      "mv /etc/docker/daemon.json /etc/docker-daemon.json && ln -s ../docker-daemon.json "
      "/etc/docker/daemon.json");
  ExpectTheSameAfterUninstall();
}

TEST_F(MachineDiff, AnEngineThatIsStoppedAndDisabled) {
  vm().Shell("rm /etc/docker/daemon.json; systemctl -q disable --now docker.service docker.socket");
  ExpectTheSameAfterUninstall();
}

TEST_F(MachineDiff, AnEngineThatOnlyItsSocketWouldStart) {
  vm().Shell("systemctl -q enable --now docker.socket");
  ExpectTheSameAfterUninstall();
}

}  // namespace
}  // namespace dockerext
