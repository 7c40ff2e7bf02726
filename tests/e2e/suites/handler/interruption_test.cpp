// SPDX-License-Identifier: MIT
// Machines that go down in the middle of a work, commands that come in the middle of one, and the extension's
// folder, which goes or changes under it.
#include "tests/e2e/guest/process.hpp"
#include "tests/e2e/suites/handler/fault_injection_vm.hpp"

namespace dockerext {
namespace {

class Interruption : public FaultInjectionVm {};

TEST_F(Interruption, ARebootInTheMiddleOfAptIsMadeUpForByTheNextEnable) {
  const KillPoint point = Within(Cold(), "install-engine", 0.6);
  const Vm& vm = FreshVm();
  WhileAt(vm, point, [&] {
    const Status rebooted = vm.guest().Reboot();
    EXPECT_TRUE(rebooted.ok()) << rebooted.error().message;
  });
  Converge(vm, Cold());
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
}

TEST_F(Interruption, APowerCutInTheMiddleOfAptIsMadeUpForByTheNextEnable) {
  const KillPoint point = Within(Cold(), "install-engine", 0.8);
  const Vm& vm = FreshVm();
  WhileAt(vm, point, [&] {
    const Status cut = vm.guest().PowerCut();
    EXPECT_TRUE(cut.ok()) << cut.error().message;
  });
  Converge(vm, Cold());
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
}

// Behind the commit and before the proof.
TEST_F(Interruption, APowerCutWhileTheEngineRestartsIsMadeUpForByTheNextEnable) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(Changed(port), "engine", 0.3), [&] {
    const Status cut = serving().guest().PowerCut();
    EXPECT_TRUE(cut.ok()) << cut.error().message;
  });
  Converge(serving(), Changed(port));
}

// ---- commands in the middle of a work

TEST_F(Interruption, DisableStopsAWorkAndCloses) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(Changed(port), "engine", 0.3),
          [&] { EXPECT_EQ(serving().Verb("disable", 0).exit_code, 0); });
  EXPECT_FALSE(serving().IsOpen(kUsual) || serving().IsOpen(kOther));
  EXPECT_EQ(serving().Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  Converge(serving(), Changed(port));
}

TEST_F(Interruption, UninstallStopsAWorkAndLeavesNothing) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(Changed(port), "engine", 0.3),
          [&] { EXPECT_EQ(serving().Verb("uninstall", 0).exit_code, 0); });
  EXPECT_FALSE(serving().IsOpen(kUsual) || serving().IsOpen(kOther));
  EXPECT_EQ(serving().Shell("ls -d /run/docker-extension /var/lib/docker-extension "
                            "/etc/docker/docker-extension /etc/docker/daemon.json "
                            "/etc/systemd/system/docker.service.d 2>/dev/null | wc -l"),
            "0");
  EXPECT_EQ(serving().Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  Converge(serving(), Changed(port));
}

TEST_F(Interruption, UpdateStopsAWorkAndWhatWasProvenServes) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(Changed(port), "engine", 0.3),
          [&] { EXPECT_EQ(serving().Verb("update", 0).exit_code, 0); });
  const std::uint16_t before = OtherThan(port);
  EXPECT_EQ(serving().DockerTlsVerify({"version"}, before).exit_code, 0);
  EXPECT_FALSE(serving().IsOpen(port));
  Converge(serving(), Changed(port));
}

TEST_F(Interruption, TwoEnablesAtOnceAreOneOutcome) {
  const std::uint16_t port = SetNewPort();
  OperationWatch watch = Watch(serving());
  auto first = EnableInBackground(serving());
  auto second = EnableInBackground(serving());
  EXPECT_EQ(first.get(), 0);
  EXPECT_EQ(second.get(), 0);
  AwaitOutcome(serving(), watch, Changed(port));
}

TEST_F(Interruption, TheOldSettingsAgainBeforeTheNewOnesAreDoneWin) {
  const std::uint16_t port = SetNewPort();
  const std::uint16_t before = OtherThan(port);
  WhileAt(serving(), Within(Changed(port), "engine", 0.3), [&] {
    SetPort(serving(), before);
    Converge(serving(), Changed(before));
  });
  EXPECT_TRUE(serving().IsOpen(before));
  EXPECT_FALSE(serving().IsOpen(port));
}

// ---- the extension's folder

TEST_F(Interruption, TheFolderMayGoUnderAWorker) {
  const std::uint16_t port = SetNewPort();
  const std::string folder = Vm::kFolder;
  WhileAt(serving(), Within(Changed(port), "engine", 0.3), [&] {
    const auto worker = Watch(serving()).Worker();
    serving().Say({"/bin/mv", folder, "/root/gone"});
    EXPECT_TRUE(worker.ok() && guest::WaitReadable(worker->get(), kOperationBudget));
  });
  EXPECT_EQ(serving().Exec({"/bin/ls", folder}).exit_code, 2) << "a worker makes no folder of the agent's";
  EXPECT_EQ(serving().DockerTlsVerify({"version"}, port).exit_code, 0);
  serving().Say({"/bin/mv", "/root/gone", folder});
  Converge(serving(), Changed(port));
}

TEST_F(Interruption, TheFolderMayBeExtractedAnewUnderAWorker) {
  const std::uint16_t port = SetNewPort();
  OperationWatch watch = Watch(serving());
  auto enable = EnableInBackground(serving());
  Await(watch, AwaitFirst(watch), Within(Changed(port), "engine", 0.3));
  serving().Say({"/bin/tar", "-C", "/", "--exclude=config", "-xf", kAgentsFiles});
  EXPECT_EQ(enable.get(), 0);
  AwaitOutcome(serving(), watch, Changed(port));
}

}  // namespace
}  // namespace dockerext
