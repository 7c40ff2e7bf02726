// SPDX-License-Identifier: MIT
// Uninstall on a VM that already had Docker leaves nothing of the extension, to the byte.
#include <gmock/gmock.h>

#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {
namespace {

using testing::IsEmpty;

// The unit states of the engine, which no file records.
std::string UnitStates(const Vm& vm) {
  return vm.Shell(
      "systemctl is-active docker.service docker.socket; systemctl is-enabled docker.service docker.socket; "
      "true");
}

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

TEST_F(MachineDiff, ARunningEngineIsRestored) { ExpectTheSameAfterUninstall(); }

TEST_F(MachineDiff, ADaemonJsonWithUnusualFormattingIsRestored) {
  const std::string text =
      "\n{\t\"log-level\" :\"warn\",\r\n\n   \"labels\":[ \"floor=3\" ],\"log-opts\":{\"max-size\":\"1m\"}}";
  ASSERT_TRUE(vm().guest().WriteFile("/etc/docker/daemon.json", text, 0640_mode).ok());
  vm().Shell("systemctl restart docker.service");
  ExpectTheSameAfterUninstall();
  EXPECT_EQ(*vm().guest().ReadFile("/etc/docker/daemon.json"), text);
}

TEST_F(MachineDiff, AnExistingDropInFolderIsKept) {
  vm().Shell("mkdir -m 0750 /etc/systemd/system/docker.service.d");
  ExpectTheSameAfterUninstall();
}

TEST_F(MachineDiff, ADaemonJsonThatIsASymlinkIsRestored) {
  vm().Shell(
      "mv /etc/docker/daemon.json /etc/docker-daemon.json && ln -s ../docker-daemon.json "
      "/etc/docker/daemon.json");
  ExpectTheSameAfterUninstall();
}

TEST_F(MachineDiff, AStoppedAndDisabledEngineIsRestored) {
  vm().Shell("rm /etc/docker/daemon.json; systemctl -q disable --now docker.service docker.socket");
  ExpectTheSameAfterUninstall();
}

TEST_F(MachineDiff, ASocketActivatedEngineIsRestored) {
  vm().Shell("systemctl -q enable --now docker.socket");
  ExpectTheSameAfterUninstall();
}

}  // namespace
}  // namespace dockerext
