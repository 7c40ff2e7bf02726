// SPDX-License-Identifier: MIT
// Kills the worker at any point of a cold enable or a port change. Each time there is a final status at once,
// no anonymous client is ever answered, and the next enable converges. DX_SOAK_POINTS is the number of kills
// (default: 6), DX_SOAK_SEED their random seed.
#include <csignal>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "tests/e2e/guest/process.hpp"
#include "tests/e2e/suites/handler/anonymous_clients.hpp"
#include "tests/e2e/suites/handler/fault_injection_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

using Clock = OperationWatch::Clock;

constexpr std::chrono::seconds kFinalStatusBudget{5};

std::size_t Points() { return static_cast<std::size_t>(SoakNumber("DX_SOAK_POINTS", 6)); }
std::size_t ColdPoints() { return 2 * Points() / 5; }  // they take ten times as long
std::uint32_t Seed() { return static_cast<std::uint32_t>(SoakNumber("DX_SOAK_SEED", 1)); }

std::string Seconds(Clock::duration duration) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << std::chrono::duration<double>(duration).count() << " s";
  return text.str();
}

struct Kill {
  std::size_t number = 0;
  std::string what;  // "cold" or "change"
  KillPoint point;
};

class Kills : public FaultInjectionVm {
 protected:
  struct KilledOperation {
    OperationWatch::Seen last;
    Clock::duration since_ready{};
    Clock::duration since_kill{};
    bool was_running = false;  // otherwise the operation had finished
  };
  // The way back restarts the engine: a machine that needs long for that alone needs longer.
  static void ExpectInTime(const Vm& vm, const KilledOperation& killed);
  static KilledOperation EnableAndKill(const Vm& vm, const KillPoint& point, int signal);
  void KillAndConverge(const Vm& vm, const Kill& kill, const ReferenceRun& expected);
};

// Runs enable, sends the signal to its worker at this moment, and waits for the final status.
Kills::KilledOperation Kills::EnableAndKill(const Vm& vm, const KillPoint& point, int signal) {
  OperationWatch watch = Watch(vm);
  auto enable = EnableInBackground(vm);
  const OperationWatch::Seen first = AwaitFirst(watch);
  const auto worker = watch.AwaitWorker(std::chrono::seconds(10));
  EXPECT_TRUE(worker.ok()) << "no worker was seen, so none is killed";
  KilledOperation killed{.last = Await(watch, first, point)};
  if (worker.ok() && !killed.last.IsFinal()) {
    guest::SendSignal(*worker, signal);
    const auto now = Clock::now();
    const auto last = watch.AwaitFinal(std::chrono::seconds(20));
    EXPECT_TRUE(last.ok()) << "no final status after the kill";
    if (last.ok()) killed = {*last, now - first.when, last->when - now, true};
  }
  enable.wait();  // 1 when the worker died before it was ready
  return killed;
}

void Kills::ExpectInTime(const Vm& vm, const KilledOperation& killed) {
  constexpr int kRestarts = 4;
  if (killed.since_kill <= kFinalStatusBudget) return;
  const auto begun = Clock::now();
  vm.Run({"/usr/bin/systemctl", "restart", "docker.service"});
  EXPECT_LE(killed.since_kill, kRestarts * (Clock::now() - begun)) << "four restarts of the engine";
}

// Kills a worker and checks everything that has to hold afterwards.
void Kills::KillAndConverge(const Vm& vm, const Kill& kill, const ReferenceRun& expected) {
  SCOPED_TRACE("point " + std::to_string(kill.number) + ", " + kill.point.phase.name);
  const auto failures = [] {
    return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  };
  const int before = failures();
  auto anonymous = AnonymousClients::Begin(vm);
  ASSERT_TRUE(anonymous.ok()) << anonymous.error().Message();
  const KilledOperation killed = EnableAndKill(vm, kill.point, SIGKILL);
  EXPECT_NE(vm.Exec({"/usr/bin/systemctl", "is-failed", "--quiet", "docker.service"}).exit_code, 0);
  EXPECT_TRUE(kill.what == "cold" || vm.IsOpen(kFirstPort) || vm.IsOpen(kSecondPort)) << "no port is served";
  const auto begun = Clock::now();
  Converge(vm, expected);
  const auto converged = Clock::now() - begun;
  ExpectInTime(vm, killed);
  const auto seen = anonymous->Stop();
  EXPECT_EQ(seen.ok() ? *seen : seen.error().Message(), "");
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  const bool passed = failures() == before;
  if (!passed) KeepEvidence("point-" + std::to_string(kill.number));
  const StatusReport& report = killed.last.report;
  std::cout << "point " << kill.number << "/" << Points() << " (" << kill.what << ", "
            << kill.point.phase.name << ", " << Seconds(killed.since_ready) << " after READY): "
            << (killed.was_running ? "final status after " + Seconds(killed.since_kill)
                                   : "the operation had finished")
            << ": " << (report.level == StatusLevel::kSuccess ? "success" : "error") << " " << report.code
            << " \"" << report.message << "\", next enable " << Seconds(converged) << ", "
            << (passed ? "same tree" : "FAILED") << std::endl;
}

// Otherwise the absence of answers would prove nothing.
TEST_F(Kills, AnonymousClientsDetectAnOpenPort) {
  serving().Shell(
      "systemd-run --unit=open --socket-property=ListenStream=2375 /lib/systemd/systemd-socket-proxyd "
      "/run/docker.sock");
  auto anonymous = AnonymousClients::Begin(serving());
  ASSERT_TRUE(anonymous.ok()) << anonymous.error().Message();
  const auto seen = anonymous->Stop();
  serving().Shell("systemctl stop open.socket open.service");
  ASSERT_TRUE(seen.ok()) << seen.error().Message();
  EXPECT_THAT(*seen, HasSubstr("port 2375 answered a client without a certificate"));
}

TEST_F(Kills, AColdEnableConvergesWhereverItsWorkerIsKilled) {
  std::size_t number = 0;
  for (const KillPoint& point : SpreadOver(ColdRun().phases, ColdPoints(), Seed())) {
    KillAndConverge(FreshVm(), {++number, "cold", point}, ColdRun());
  }
}

TEST_F(Kills, AChangeOfThePortConvergesWhereverItsWorkerIsKilled) {
  std::size_t number = ColdPoints();
  for (const KillPoint& point : SpreadOver(ChangeRun(kSecondPort).phases, Points() - ColdPoints(), Seed())) {
    const std::uint16_t port = SetNewPort();
    KillAndConverge(serving(), {++number, "change", point}, ChangeRun(port));
  }
}

TEST_F(Kills, AWorkerThatIsStoppedReportsIt) {
  const ReferenceRun& expected = ChangeRun(SetNewPort());
  // As soon as the step appears in the status, since its duration varies.
  const KilledOperation killed = EnableAndKill(serving(), Within(expected, "engine", 0), SIGTERM);
  EXPECT_TRUE(killed.was_running);
  EXPECT_EQ(killed.last.report.level, StatusLevel::kError);
  EXPECT_THAT(killed.last.report.message, HasSubstr("was stopped before it finished"));
  Converge(serving(), expected);
  ExpectInTime(serving(), killed);
}

}  // namespace
}  // namespace dockerext
