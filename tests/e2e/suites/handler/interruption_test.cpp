// SPDX-License-Identifier: MIT
// Reboots, power cuts and other commands during an operation, and an extension folder that is removed or
// replaced during one.
#include "tests/e2e/guest/process.hpp"
#include "tests/e2e/suites/handler/fault_injection_vm.hpp"

namespace dockerext {
namespace {

class Interruption : public FaultInjectionVm {};

TEST_F(Interruption, ARebootDuringAptIsRepairedByTheNextEnable) {
  const KillPoint point = Within(ColdRun(), "install-engine", 0.6);
  const Vm& vm = FreshVm();
  WhileAt(vm, point, [&] {
    const Status rebooted = vm.guest().Reboot();
    EXPECT_TRUE(rebooted.ok()) << rebooted.error().Message();
  });
  Converge(vm, ColdRun());
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
}

TEST_F(Interruption, APowerCutDuringAptIsRepairedByTheNextEnable) {
  const KillPoint point = Within(ColdRun(), "install-engine", 0.8);
  const Vm& vm = FreshVm();
  WhileAt(vm, point, [&] {
    const Status cut = vm.guest().PowerCut();
    EXPECT_TRUE(cut.ok()) << cut.error().Message();
  });
  Converge(vm, ColdRun());
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
}

// After the commit and before the endpoint is verified.
TEST_F(Interruption, APowerCutDuringAnEngineRestartIsRepairedByTheNextEnable) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(ChangeRun(port), "engine", 0.3), [&] {
    const Status cut = serving().guest().PowerCut();
    EXPECT_TRUE(cut.ok()) << cut.error().Message();
  });
  Converge(serving(), ChangeRun(port));
}

// Commands during an operation.

TEST_F(Interruption, DisableSupersedesAnEnableAndClosesThePort) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(ChangeRun(port), "engine", 0.3),
          [&] { EXPECT_EQ(serving().Verb("disable", 0).exit_code, 0); });
  EXPECT_FALSE(serving().IsOpen(kFirstPort) || serving().IsOpen(kSecondPort));
  EXPECT_EQ(serving().Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  Converge(serving(), ChangeRun(port));
}

TEST_F(Interruption, UninstallSupersedesAnEnableAndLeavesNothing) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(ChangeRun(port), "engine", 0.3),
          [&] { EXPECT_EQ(serving().Verb("uninstall", 0).exit_code, 0); });
  EXPECT_FALSE(serving().IsOpen(kFirstPort) || serving().IsOpen(kSecondPort));
  EXPECT_EQ(serving().Shell("ls -d /run/docker-extension /var/lib/docker-extension "
                            "/etc/docker/docker-extension /etc/docker/daemon.json "
                            "/etc/systemd/system/docker.service.d 2>/dev/null | wc -l"),
            "0");
  EXPECT_EQ(serving().Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  Converge(serving(), ChangeRun(port));
}

TEST_F(Interruption, UpdateSupersedesAnEnableAndRestoresTheLastKnownGood) {
  const std::uint16_t port = SetNewPort();
  WhileAt(serving(), Within(ChangeRun(port), "engine", 0.3),
          [&] { EXPECT_EQ(serving().Verb("update", 0).exit_code, 0); });
  const std::uint16_t before = OtherThan(port);
  EXPECT_EQ(serving().DockerTlsVerify({"version"}, before).exit_code, 0);
  EXPECT_FALSE(serving().IsOpen(port));
  Converge(serving(), ChangeRun(port));
}

TEST_F(Interruption, TwoConcurrentEnablesConvergeOnce) {
  const std::uint16_t port = SetNewPort();
  OperationWatch watch = Watch(serving());
  auto first = EnableInBackground(serving());
  auto second = EnableInBackground(serving());
  EXPECT_EQ(first.get(), 0);
  EXPECT_EQ(second.get(), 0);
  AwaitOutcome(serving(), watch, ChangeRun(port));
}

TEST_F(Interruption, RevertingTheSettingsDuringAChangeWins) {
  const std::uint16_t port = SetNewPort();
  const std::uint16_t before = OtherThan(port);
  WhileAt(serving(), Within(ChangeRun(port), "engine", 0.3), [&] {
    SetPort(serving(), before);
    Converge(serving(), ChangeRun(before));
  });
  EXPECT_TRUE(serving().IsOpen(before));
  EXPECT_FALSE(serving().IsOpen(port));
}

// The folder of the extension.

TEST_F(Interruption, RemovingTheFolderDoesNotStopAWorker) {
  const std::uint16_t port = SetNewPort();
  const std::string folder = Vm::kFolder;
  WhileAt(serving(), Within(ChangeRun(port), "engine", 0.3), [&] {
    const auto worker = Watch(serving()).Worker();
    serving().Run({"/bin/mv", folder, "/root/gone"});
    EXPECT_TRUE(worker.ok() && guest::WaitReadable(worker->get(), kOperationBudget));
  });
  EXPECT_EQ(serving().Exec({"/bin/ls", folder}).exit_code, 2) << "the worker created the extension folder";
  EXPECT_EQ(serving().DockerTlsVerify({"version"}, port).exit_code, 0);
  serving().Run({"/bin/mv", "/root/gone", folder});
  Converge(serving(), ChangeRun(port));
}

TEST_F(Interruption, ExtractingTheFolderAgainDoesNotStopAWorker) {
  const std::uint16_t port = SetNewPort();
  OperationWatch watch = Watch(serving());
  auto enable = EnableInBackground(serving());
  Await(watch, AwaitFirst(watch), Within(ChangeRun(port), "engine", 0.3));
  serving().Run({"/bin/tar", "-C", "/", "--exclude=config", "-xf", kAgentFiles});
  EXPECT_EQ(enable.get(), 0);
  AwaitOutcome(serving(), watch, ChangeRun(port));
}

}  // namespace
}  // namespace dockerext
