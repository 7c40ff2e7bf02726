// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/fault_injection_vm.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::IsEmpty;

// The ledger without the ID of the VM, without the cached plan, which only saves time, and independent of the
// order in which folders were created.
std::string ComparableLedger(const Vm& vm) {
  const auto text = vm.guest().ReadFile("/var/lib/docker-extension/ledger.json");
  if (!text.ok()) return text.error().Message();
  json ledger = json::parse(*text, nullptr, false);
  if (!ledger.is_object()) return *text;
  ledger.erase("vm");
  ledger.erase("cachedPlan");
  ledger["folders"] = ledger["folders"].get<std::set<std::string>>();
  return ledger.dump(1);
}

int Enable(const Vm& vm) { return vm.Verb("enable", 0).exit_code; }

}  // namespace

std::string ComparableTree(const Vm& vm) {
  std::string tree;
  for (const std::string& line : Split(vm.Tree(), '\n')) {
    const bool is_checksum = !line.starts_with("/");
    const bool is_vm_specific = line.ends_with(" /etc/machine-id") || line.ends_with(" /etc/hosts") ||
                                line.ends_with(" /etc/hostname") || line.ends_with("/etc/docker/key.json") ||
                                line.ends_with("/ledger.json");
    if (!is_checksum || !is_vm_specific) tree += line + "\n";
  }
  return tree + ComparableLedger(vm);
}

void FaultInjectionVm::SetUpTestSuite() {
  if (!Vm::Missing().empty()) return;
  auto booted = Vm::Boot(Guest::Image::kWithDocker);
  ASSERT_TRUE(booted.ok()) << booted.error().Message();
  serving_.emplace(*std::move(booted));
  ASSERT_EQ(serving().Harness({"run"}).exit_code, 0);
  serving().Shell("tar --exclude=*.status --exclude=*.log -cf " + std::string(kAgentFiles) +
                  " /var/lib/waagent /var/log/azure 2>/dev/null");
  const auto read = serving().guest().ReadFile(kAgentFiles);
  ASSERT_TRUE(read.ok()) << read.error().Message();
  agent_files_ = *read;
  for (const std::uint16_t port : {kSecondPort, kFirstPort}) {
    SetPort(serving(), port);
    change_runs_[port] = RunReference(serving());
  }
}

void FaultInjectionVm::SetUp() {
  if (!Vm::Missing().empty()) GTEST_SKIP() << Vm::Missing();
  ASSERT_TRUE(serving_.has_value());
}

void FaultInjectionVm::TearDown() {
  if (HasFailure()) KeepEvidence(testing::UnitTest::GetInstance()->current_test_info()->name());
}

void FaultInjectionVm::KeepEvidence(const std::string& name) const {
  if (fresh_) fresh_->KeepEvidence(name);
  if (serving_) serving_->KeepEvidence(name + "-serving");
}

std::uint16_t FaultInjectionVm::SetNewPort() {
  const std::uint16_t port = OtherThan(serving().IsOpen(kFirstPort) ? kFirstPort : kSecondPort);
  SetPort(serving(), port);
  return port;
}

// The protected settings stay unchanged.
void FaultInjectionVm::SetPort(const Vm& vm, std::uint16_t port) {
  vm.Shell("sed -i 's/\"port\": \"[0-9]*\"/\"port\": \"" + std::to_string(port) + "\"/' " +
           std::string(Vm::kFolder) + "/config/0.settings");
}

Vm& FaultInjectionVm::FreshVm() {
  fresh_.reset();
  auto booted = Vm::Boot(Guest::Image::kBare);
  EXPECT_TRUE(booted.ok()) << booted.error().Message();
  fresh_.emplace(*std::move(booted));
  EXPECT_TRUE(fresh_->guest().WriteFile(kAgentFiles, agent_files_, 0600_mode).ok());
  fresh_->Run({"/bin/tar", "-C", "/", "-xf", kAgentFiles});
  EXPECT_EQ(fresh_->Verb("install", 0).exit_code, 0);
  return *fresh_;
}

const ReferenceRun& FaultInjectionVm::ColdRun() {
  if (!cold_run_) cold_run_ = RunReference(FreshVm());
  return *cold_run_;
}

std::future<int> FaultInjectionVm::EnableInBackground(const Vm& vm) {
  return std::async(std::launch::async, [&] { return Enable(vm); });
}

OperationWatch FaultInjectionVm::Watch(const Vm& vm) {
  auto watch = OperationWatch::Begin(vm, 0);
  EXPECT_TRUE(watch.ok()) << watch.error().Message();
  return *std::move(watch);
}

ReferenceRun FaultInjectionVm::RunReference(const Vm& vm) {
  OperationWatch watch = Watch(vm);
  auto enable = EnableInBackground(vm);
  const auto phases = FollowToTheEnd(watch);
  EXPECT_TRUE(phases.ok()) << phases.error().Message();
  EXPECT_EQ(enable.get(), 0);
  return {phases.ok() ? *phases : std::vector<Phase>(), ComparableTree(vm)};
}

void FaultInjectionVm::Converge(const Vm& vm, const ReferenceRun& expected) {
  OperationWatch watch = Watch(vm);
  EXPECT_EQ(Enable(vm), 0);
  AwaitOutcome(vm, watch, expected);
}

void FaultInjectionVm::AwaitOutcome(const Vm& vm, OperationWatch& watch, const ReferenceRun& expected) {
  auto report = ParseStatus(vm.StatusText(0));
  if (report && report->level == StatusLevel::kTransitioning) {
    const auto last = watch.AwaitFinal(kOperationBudget);
    EXPECT_TRUE(last.ok()) << last.error().Message();
    if (last.ok()) report = last->report;
  }
  EXPECT_TRUE(report && report->level == StatusLevel::kSuccess) << vm.StatusText(0);
  EXPECT_THAT(Differences(expected.tree, ComparableTree(vm)), IsEmpty());
}

OperationWatch::Seen FaultInjectionVm::AwaitFirst(OperationWatch& watch) {
  const auto seen = watch.Next(kOperationBudget);
  EXPECT_TRUE(seen.ok()) << seen.error().Message();
  return seen.ok() ? *seen : OperationWatch::Seen();
}

OperationWatch::Seen FaultInjectionVm::Await(OperationWatch& watch, OperationWatch::Seen seen,
                                             const KillPoint& point) {
  while (!seen.IsFinal() && PhaseOf(seen.report).position < point.phase.position) {
    const auto next = watch.Next(kOperationBudget);
    EXPECT_TRUE(next.ok()) << next.error().Message();
    if (!next.ok()) return seen;
    seen = *next;
  }
  if (!seen.IsFinal()) std::this_thread::sleep_until(seen.when + point.after);
  return seen;
}

void FaultInjectionVm::WhileAt(const Vm& vm, const KillPoint& point, const std::function<void()>& act) {
  OperationWatch watch = Watch(vm);
  auto enable = EnableInBackground(vm);
  EXPECT_FALSE(Await(watch, AwaitFirst(watch), point).IsFinal())
      << "the operation finished before the fault was injected";
  act();
  EXPECT_EQ(enable.get(), 0);
}

KillPoint FaultInjectionVm::Within(const ReferenceRun& run, const std::string& step, double fraction) {
  for (const Phase& phase : run.phases) {
    const double length = fraction * static_cast<double>(phase.length.count());
    if (phase.name == step) return {phase, milliseconds(static_cast<std::int64_t>(length))};
  }
  ADD_FAILURE() << "no step " << step;
  return {};
}

}  // namespace dockerext
