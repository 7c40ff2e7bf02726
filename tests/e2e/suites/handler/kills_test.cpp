// SPDX-License-Identifier: MIT
// A worker that is killed, anywhere in a cold enable or in a change of the port: a final status at once, no
// port for strangers, and the next enable ends where an undisturbed one does. DX_SOAK_POINTS is how many
// kills there are (6), DX_SOAK_SEED which.
#include <csignal>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/process.hpp"
#include "tests/e2e/suites/handler/anonymous_clients.hpp"
#include "tests/e2e/suites/handler/fault_injection_vm.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;

using Clock = OperationWatch::Clock;

constexpr std::chrono::seconds kFinalStatusBudget{5};

std::uint32_t Number(const char* variable, std::uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(ParseUnsigned(text).value_or(otherwise));
}

std::size_t Points() { return Number("DX_SOAK_POINTS", 6); }
std::size_t ColdPoints() { return 2 * Points() / 5; }  // they take ten times as long
std::uint32_t Seed() { return Number("DX_SOAK_SEED", 1); }

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
  struct Death {
    OperationWatch::Seen last;
    Clock::duration since_ready{};
    Clock::duration since_kill{};
    bool hit = false;  // otherwise the work had ended
  };
  static Death EnableAndSignal(const Vm& vm, const KillPoint& point, int signal);
  void Survive(const Vm& vm, const Kill& kill, const ReferenceRun& wanted);
};

// An enable whose worker gets the signal at this moment; up to its final status.
Kills::Death Kills::EnableAndSignal(const Vm& vm, const KillPoint& point, int signal) {
  OperationWatch watch = Watch(vm);
  auto enable = EnableInBackground(vm);
  const OperationWatch::Seen first = AwaitFirst(watch);
  const auto worker = watch.Worker();
  Death death{.last = Await(watch, first, point)};
  if (worker.ok() && !death.last.IsFinal()) {
    guest::SendSignal(*worker, signal);
    const auto now = Clock::now();
    const auto last = watch.AwaitFinal(std::chrono::seconds(20));
    EXPECT_TRUE(last.ok()) << "no final status after the kill";
    if (last.ok()) death = {*last, now - first.when, last->when - now, true};
  }
  enable.wait();  // 1 when the worker died before it was ready
  return death;
}

// A kill, and all that has to hold behind it.
void Kills::Survive(const Vm& vm, const Kill& kill, const ReferenceRun& wanted) {
  SCOPED_TRACE("point " + std::to_string(kill.number) + ", " + kill.point.phase.name);
  const auto failures = [] {
    return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  };
  const int before = failures();
  auto anonymous = AnonymousClients::Begin(vm);
  ASSERT_TRUE(anonymous.ok()) << anonymous.error().message;
  const Death death = EnableAndSignal(vm, kill.point, SIGKILL);
  EXPECT_LE(death.since_kill, kFinalStatusBudget);
  EXPECT_NE(vm.Exec({"/usr/bin/systemctl", "is-failed", "--quiet", "docker.service"}).exit_code, 0);
  EXPECT_TRUE(kill.what == "cold" || vm.IsOpen(kUsual) || vm.IsOpen(kOther)) << "no port is served";
  const auto begun = Clock::now();
  Converge(vm, wanted);
  const auto converged = Clock::now() - begun;
  const auto seen = anonymous->Stop();
  EXPECT_EQ(seen.ok() ? *seen : seen.error().message, "");
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  const bool is_sound = failures() == before;
  if (!is_sound) KeepEvidence("point-" + std::to_string(kill.number));
  const StatusReport& report = death.last.report;
  std::cout << "point " << kill.number << "/" << Points() << " (" << kill.what << ", "
            << kill.point.phase.name << ", " << Seconds(death.since_ready) << " after READY): "
            << (death.hit ? "final status after " + Seconds(death.since_kill) : "the work had ended") << ": "
            << (report.level == StatusLevel::kSuccess ? "success" : "error") << " " << report.code << " \""
            << report.message << "\", next enable " << Seconds(converged) << ", "
            << (is_sound ? "same tree" : "FAILED") << std::endl;
}

// Or their silence would prove nothing.
TEST_F(Kills, StrangersNoticeAnOpenPort) {
  serving().Shell(
      "systemd-run --unit=open --socket-property=ListenStream=2375 /lib/systemd/systemd-socket-proxyd "
      "/run/docker.sock");
  auto anonymous = AnonymousClients::Begin(serving());
  ASSERT_TRUE(anonymous.ok()) << anonymous.error().message;
  const auto seen = anonymous->Stop();
  serving().Shell("systemctl stop open.socket open.service");
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  EXPECT_THAT(*seen, HasSubstr("port 2375 answered a client without a certificate"));
}

TEST_F(Kills, AColdEnableConvergesWhereverItsWorkerIsKilled) {
  std::size_t number = 0;
  for (const KillPoint& point : SpreadOver(Cold().phases, ColdPoints(), Seed())) {
    Survive(FreshVm(), {++number, "cold", point}, Cold());
  }
}

TEST_F(Kills, AChangeOfThePortConvergesWhereverItsWorkerIsKilled) {
  std::size_t number = ColdPoints();
  for (const KillPoint& point : SpreadOver(Changed(kOther).phases, Points() - ColdPoints(), Seed())) {
    const std::uint16_t port = SetNewPort();
    Survive(serving(), {++number, "change", point}, Changed(port));
  }
}

TEST_F(Kills, AWorkerThatIsToldToEndSaysSo) {
  const ReferenceRun& wanted = Changed(SetNewPort());
  // As soon as the step shows: how long it takes differs from run to run.
  const Death death = EnableAndSignal(serving(), Within(wanted, "engine", 0), SIGTERM);
  EXPECT_TRUE(death.hit);
  EXPECT_LE(death.since_kill, kFinalStatusBudget);
  EXPECT_EQ(death.last.report.level, StatusLevel::kError);
  EXPECT_THAT(death.last.report.message, HasSubstr("(it was stopped)"));
  Converge(serving(), wanted);
}

}  // namespace
}  // namespace dockerext
