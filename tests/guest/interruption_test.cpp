// SPDX-License-Identifier: MIT
// Workers that are killed, machines that go down, and commands that come in the middle. Two VMs say what an
// undisturbed enable makes of a machine: one without Docker, and one that serves and changes its port. Each
// disturbed one has to end there too, by the next enable at the latest. DX_SOAK_POINTS is how many kills
// there are (6), DX_SOAK_SEED which.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/guest/process.hpp"
#include "tests/guest/strangers.hpp"
#include "tests/guest/vm.hpp"
#include "tests/guest/work_watch.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

using Clock = WorkWatch::Clock;

constexpr std::chrono::seconds kFinalStatusBudget{5};
constexpr std::chrono::seconds kWorkBudget{120};
constexpr const char* kAgentsFiles = "/root/agent.tar";

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

// The tree without what is another on every VM, without what only saves time (the plan that is remembered
// behind the proof), and whatever the order in which folders were made.
std::string TreeOf(const Vm& vm) {
  std::string tree;
  for (const std::string& line : Split(vm.Tree(), '\n')) {
    const bool is_checksum = !line.starts_with("/");
    const bool is_its_own = line.ends_with(" /etc/machine-id") || line.ends_with(" /etc/hosts") ||
                            line.ends_with(" /etc/hostname") || line.ends_with("/etc/docker/key.json") ||
                            line.ends_with("/ledger.json");
    if (!is_checksum || !is_its_own) tree += line + "\n";
  }
  json ledger = json::parse(*vm.guest().ReadFile("/var/lib/docker-extension/ledger.json"));
  ledger.erase("vm");
  ledger.erase("settled");
  std::ranges::sort(ledger["folders"]);
  return tree + ledger.dump(1);
}

// What an undisturbed enable makes of a VM, and how it gets there.
struct Outcome {
  std::vector<Stretch> stretches;
  std::string tree;
};

struct Kill {
  std::size_t number = 0;
  std::string what;  // "cold" or "change"
  KillPoint point;
};

class Interruption : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!Vm::Missing().empty()) return;
    auto booted = Vm::Boot(Guest::Image::kWithDocker);
    ASSERT_TRUE(booted.ok()) << booted.error().message;
    serving_.emplace(*std::move(booted));
    ASSERT_EQ(serving().Harness({"run"}).exit_code, 0);
    serving().Shell("tar --exclude=*.status --exclude=*.log -cf " + std::string(kAgentsFiles) +
                    " /var/lib/waagent /var/log/azure 2>/dev/null");
    const auto read = serving().guest().ReadFile(kAgentsFiles);
    ASSERT_TRUE(read.ok()) << read.error().message;
    agents_files_ = *read;
    for (const std::uint16_t port : {kOther, kUsual}) {
      SetPort(serving(), port);
      changed_[port] = Undisturbed(serving());
    }
  }
  static void TearDownTestSuite() { serving_.reset(); }

  void SetUp() override {
    if (!Vm::Missing().empty()) GTEST_SKIP() << Vm::Missing();
    ASSERT_TRUE(serving_.has_value());
  }
  void TearDown() override {
    if (HasFailure()) KeepEvidence(testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void KeepEvidence(const std::string& name) {
    if (bare_) bare_->KeepEvidence(name);
    if (serving_) serving_->KeepEvidence(name + "-serving");
  }

  // Docker and the extension, on either of two ports.
  static constexpr std::uint16_t kUsual = 4243;
  static constexpr std::uint16_t kOther = 5000;
  static Vm& serving() { return *serving_; }
  static const Outcome& Changed(std::uint16_t port) { return changed_.at(port); }

  // The port that it does not serve now, as its new settings.
  static std::uint16_t SetNewPort() {
    const std::uint16_t port = serving().IsOpen(kUsual) ? kOther : kUsual;
    SetPort(serving(), port);
    return port;
  }

  // A VM without Docker, with the same settings as everywhere; it stays until the next one.
  Vm& FreshVm() {
    bare_.reset();
    auto booted = Vm::Boot(Guest::Image::kBare);
    EXPECT_TRUE(booted.ok()) << booted.error().message;
    bare_.emplace(*std::move(booted));
    EXPECT_TRUE(bare_->guest().WriteFile(kAgentsFiles, agents_files_, 0600_mode).ok());
    bare_->Say({"/bin/tar", "-C", "/", "-xf", kAgentsFiles});
    EXPECT_EQ(bare_->Verb("install", 0).exit_code, 0);
    return *bare_;
  }
  const Outcome& Cold() {
    if (!cold_) cold_ = Undisturbed(FreshVm());
    return *cold_;
  }

  static int Enable(const Vm& vm) { return vm.Verb("enable", 0).exit_code; }
  static std::future<int> EnableBeside(const Vm& vm) {
    return std::async(std::launch::async, [&] { return Enable(vm); });
  }

  // As the agent writes the customer's change; the protected part may stay as it is.
  static void SetPort(const Vm& vm, std::uint16_t port) {
    vm.Shell("sed -i 's/\"port\": \"[0-9]*\"/\"port\": \"" + std::to_string(port) + "\"/' " +
             std::string(Vm::kFolder) + "/config/0.settings");
  }

  static WorkWatch Watch(const Vm& vm) {
    auto watch = WorkWatch::Begin(vm, 0);
    EXPECT_TRUE(watch.ok()) << watch.error().message;
    return *std::move(watch);
  }

  static Outcome Undisturbed(const Vm& vm) {
    WorkWatch watch = Watch(vm);
    auto enable = EnableBeside(vm);
    const auto stretches = FollowToTheEnd(watch);
    EXPECT_TRUE(stretches.ok()) << stretches.error().message;
    EXPECT_EQ(enable.get(), 0);
    return {stretches.ok() ? *stretches : std::vector<Stretch>(), TreeOf(vm)};
  }

  static void AwaitSuccess(const Vm& vm, WorkWatch& watch) {
    auto report = ParseStatus(vm.StatusText(0));
    if (report && report->level == StatusLevel::kTransitioning) {
      const auto last = watch.AwaitFinal(kWorkBudget);
      EXPECT_TRUE(last.ok()) << last.error().message;
      if (last.ok()) report = last->report;
    }
    EXPECT_TRUE(report && report->level == StatusLevel::kSuccess) << vm.StatusText(0);
  }

  // The next enable, which may have a work to do or none, ends where an undisturbed one does.
  static void Converge(const Vm& vm, const Outcome& wanted) {
    WorkWatch watch = Watch(vm);
    EXPECT_EQ(Enable(vm), 0);
    AwaitSuccess(vm, watch);
    EXPECT_THAT(Differences(wanted.tree, TreeOf(vm)), IsEmpty());
  }

  // Enables, and does something at this moment of the work; gives its last status, unless the act ends that.
  static WorkWatch::Seen EnableUntil(WorkWatch& watch, const KillPoint& point) {
    auto seen = watch.Next(kWorkBudget);
    while (seen.ok() && !seen->IsFinal() && StretchOf(seen->report).place < point.stretch.place) {
      seen = watch.Next(kWorkBudget);
    }
    EXPECT_TRUE(seen.ok()) << seen.error().message;
    if (!seen.ok()) return {};
    if (!seen->IsFinal()) std::this_thread::sleep_until(seen->when + point.after);
    return *seen;
  }
  static void WhileAt(const Vm& vm, const KillPoint& point, const std::function<void()>& act) {
    WorkWatch watch = Watch(vm);
    auto enable = EnableBeside(vm);
    EXPECT_FALSE(EnableUntil(watch, point).IsFinal()) << "too late";
    act();
    EXPECT_EQ(enable.get(), 0);
  }

  // This part of a step's time.
  static KillPoint Within(const Outcome& outcome, const std::string& step, double part) {
    for (const Stretch& stretch : outcome.stretches) {
      const double length = part * static_cast<double>(stretch.length.count());
      if (stretch.name == step) return {stretch, milliseconds(static_cast<std::int64_t>(length))};
    }
    ADD_FAILURE() << "no step " << step;
    return {};
  }

  struct Death {
    WorkWatch::Seen last;
    Clock::duration since_ready{};
    Clock::duration since_kill{};
    bool hit = false;  // otherwise the work had ended
  };
  static Death EnableAndSignal(const Vm& vm, const KillPoint& point, int signal);
  void Survive(const Vm& vm, const Kill& kill, const Outcome& wanted);

  static inline std::string agents_files_;
  static inline std::optional<Vm> serving_;
  static inline std::map<std::uint16_t, Outcome> changed_;
  static inline std::optional<Outcome> cold_;
  std::optional<Vm> bare_;
};

// An enable whose worker gets the signal at this moment; up to its final status.
Interruption::Death Interruption::EnableAndSignal(const Vm& vm, const KillPoint& point, int signal) {
  WorkWatch watch = Watch(vm);
  auto enable = EnableBeside(vm);
  const auto first = watch.Next(kWorkBudget);
  EXPECT_TRUE(first.ok()) << first.error().message;
  const auto worker = watch.Worker();
  Death death{.last = *first};
  if (StretchOf(first->report).place < point.stretch.place)
    death.last = EnableUntil(watch, point);
  else
    std::this_thread::sleep_until(first->when + point.after);
  if (worker.ok() && !death.last.IsFinal()) {
    guest::SendSignal(*worker, signal);
    const auto now = Clock::now();
    const auto last = watch.AwaitFinal(std::chrono::seconds(20));
    EXPECT_TRUE(last.ok()) << "no final status after the kill";
    if (last.ok()) death = {*last, now - first->when, last->when - now, true};
  }
  enable.wait();  // 1 when the worker died before it was ready
  return death;
}

// A kill, and all that has to hold behind it.
void Interruption::Survive(const Vm& vm, const Kill& kill, const Outcome& wanted) {
  SCOPED_TRACE("point " + std::to_string(kill.number) + ", " + kill.point.stretch.name);
  const auto failures = [] {
    return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  };
  const int before = failures();
  auto strangers = Strangers::Begin(vm);
  ASSERT_TRUE(strangers.ok()) << strangers.error().message;
  const Death death = EnableAndSignal(vm, kill.point, SIGKILL);
  EXPECT_LE(death.since_kill, kFinalStatusBudget);
  EXPECT_NE(vm.Exec({"/usr/bin/systemctl", "is-failed", "--quiet", "docker.service"}).exit_code, 0);
  EXPECT_TRUE(kill.what == "cold" || vm.IsOpen(kUsual) || vm.IsOpen(kOther)) << "no port is served";
  const auto begun = Clock::now();
  Converge(vm, wanted);
  const auto converged = Clock::now() - begun;
  const auto seen = strangers->Stop();
  EXPECT_EQ(seen.ok() ? *seen : seen.error().message, "");
  EXPECT_EQ(vm.Exec({"/usr/bin/docker", "info"}).exit_code, 0);
  const bool is_sound = failures() == before;
  if (!is_sound) KeepEvidence("point-" + std::to_string(kill.number));
  const StatusReport& report = death.last.report;
  std::cout << "point " << kill.number << "/" << Points() << " (" << kill.what << ", "
            << kill.point.stretch.name << ", " << Seconds(death.since_ready) << " after READY): "
            << (death.hit ? "final status after " + Seconds(death.since_kill) : "the work had ended") << ": "
            << (report.level == StatusLevel::kSuccess ? "success" : "error") << " " << report.code << " \""
            << report.message << "\", next enable " << Seconds(converged) << ", "
            << (is_sound ? "same tree" : "FAILED") << std::endl;
}

TEST_F(Interruption, AColdEnableConvergesWhereverItsWorkerIsKilled) {
  std::size_t number = 0;
  for (const KillPoint& point : SpreadOver(Cold().stretches, ColdPoints(), Seed())) {
    Survive(FreshVm(), {++number, "cold", point}, Cold());
  }
}

TEST_F(Interruption, AChangeOfThePortConvergesWhereverItsWorkerIsKilled) {
  std::size_t number = ColdPoints();
  for (const KillPoint& point : SpreadOver(Changed(kOther).stretches, Points() - ColdPoints(), Seed())) {
    const std::uint16_t port = SetNewPort();
    Survive(serving(), {++number, "change", point}, Changed(port));
  }
}

TEST_F(Interruption, AWorkerThatIsToldToEndSaysSo) {
  const Outcome& wanted = Changed(SetNewPort());
  const Death death = EnableAndSignal(serving(), Within(wanted, "engine", 0.5), SIGTERM);
  EXPECT_TRUE(death.hit);
  EXPECT_LE(death.since_kill, kFinalStatusBudget);
  EXPECT_EQ(death.last.report.level, StatusLevel::kError);
  EXPECT_THAT(death.last.report.message, HasSubstr("(it was stopped)"));
  Converge(serving(), wanted);
}

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
  const std::uint16_t before = port == kUsual ? kOther : kUsual;
  EXPECT_EQ(serving().DockerTlsVerify({"version"}, before).exit_code, 0);
  EXPECT_FALSE(serving().IsOpen(port));
  Converge(serving(), Changed(port));
}

TEST_F(Interruption, TwoEnablesAtOnceAreOneOutcome) {
  const std::uint16_t port = SetNewPort();
  WorkWatch watch = Watch(serving());
  auto first = EnableBeside(serving());
  auto second = EnableBeside(serving());
  EXPECT_EQ(first.get(), 0);
  EXPECT_EQ(second.get(), 0);
  AwaitSuccess(serving(), watch);
  EXPECT_THAT(Differences(Changed(port).tree, TreeOf(serving())), IsEmpty());
}

TEST_F(Interruption, TheOldSettingsAgainBeforeTheNewOnesAreDoneWin) {
  const std::uint16_t port = SetNewPort();
  const std::uint16_t before = port == kUsual ? kOther : kUsual;
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
    EXPECT_TRUE(worker.ok() && guest::WaitReadable(worker->get(), kWorkBudget));
  });
  EXPECT_EQ(serving().Exec({"/bin/ls", folder}).exit_code, 2) << "a worker makes no folder of the agent's";
  EXPECT_EQ(serving().DockerTlsVerify({"version"}, port).exit_code, 0);
  serving().Say({"/bin/mv", "/root/gone", folder});
  Converge(serving(), Changed(port));
}

TEST_F(Interruption, TheFolderMayBeExtractedAnewUnderAWorker) {
  const std::uint16_t port = SetNewPort();
  WorkWatch watch = Watch(serving());
  auto enable = EnableBeside(serving());
  EnableUntil(watch, Within(Changed(port), "engine", 0.3));
  serving().Say({"/bin/tar", "-C", "/", "--exclude=config", "-xf", kAgentsFiles});
  EXPECT_EQ(enable.get(), 0);
  AwaitSuccess(serving(), watch);
  EXPECT_THAT(Differences(Changed(port).tree, TreeOf(serving())), IsEmpty());
}

}  // namespace
}  // namespace dockerext
