// SPDX-License-Identifier: MIT
// A hundred goal states in a row, as a VM sees them in years: no resource of the extension grows with their
// number. The tests share a VM and run in order.
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/agent/agent_vm.hpp"
#include "tests/e2e/suites/agent/resource_snapshot.hpp"

namespace dockerext {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int kInARow = 25;
constexpr int kRows = 4;

constexpr const char* kLog = "/var/log/azure/Example.Extensions.DockerExtension/docker-extension.log";
constexpr std::uint64_t kLogBytesPerCall = 1024;

class ManyGoalStates : public AgentVm<ManyGoalStates> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithAgent;

 protected:
  static void SetUpTestSuite() {
    AgentVm::SetUpTestSuite();
    if (!HasVm() || HasFailure()) return;
    Install();
    settings_ = 1;
    WarmUp();
  }

  // Does everything of a row once, so that files that are created only once exist.
  static void WarmUp() {
    for (int i = 0; i < 5; ++i) RunOne(i, 1);
  }

  // A row starts with a port change and its reversal; every tenth goal state has new settings with the same
  // content.
  static void RunOne(int in_row, int in_all) {
    if (in_row == 0) {
      RequestSettings(5000);
    } else if (in_row == 1 || in_all % 10 == 0) {
      RequestSettings(4243);
    } else {
      azure().Request({"again"});
    }
    seconds_.push_back(SecondsOf(azure().Wait("success")));
  }

  static void RequestSettings(std::uint16_t port) {
    azure().RequestSettings({"settings"}, port);
    ++settings_;
  }

  // Parses "success after 2.8 s: ...".
  static double SecondsOf(const std::string& outcome) {
    constexpr std::string_view kBegin = "success after ";
    EXPECT_TRUE(outcome.starts_with(kBegin)) << outcome;
    return outcome.starts_with(kBegin) ? std::stod(outcome.substr(kBegin.size())) : 0;
  }

  // Runs a row; the process of dockerd stays the same after the second port change.
  static ResourceSnapshot RunRow(int row, const ResourceSnapshot& before) {
    const int calls = azure().Calls("enable");
    std::string engine;
    for (int i = 0; i < kInARow && !HasFailure(); ++i) {
      RunOne(i, row * kInARow + i + 1);
      if (i == 1) engine = vm().EnginePid();
    }
    EXPECT_EQ(vm().EnginePid(), engine);
    EXPECT_EQ(azure().Calls("enable"), calls + kInARow);
    return ResourceSnapshot::Await(
        vm(), [&](const ResourceSnapshot& now) { return now.inventory == before.inventory; });
  }

  static void ExpectNothingGrew(const ResourceSnapshot& first, const ResourceSnapshot& last,
                                const ResourceSnapshot& now) {
    EXPECT_THAT(Differences(first.inventory, now.inventory), IsEmpty());
    EXPECT_EQ(now.figures.at("settings"), settings_);
    EXPECT_EQ(now.figures.at("statuses"), settings_);
    constexpr std::uint64_t kWiderNumbers = 64;  // sequence and generation, as decimals
    EXPECT_LE(now.figures.at("bytes"), first.figures.at("bytes") + kWiderNumbers);
    EXPECT_LE(now.figures.at("log_bytes"), last.figures.at("log_bytes") + kInARow * kLogBytesPerCall);
  }

  // Memory at the end is at most this many percent above that in the middle.
  static void ExpectMemoryOf(const char* name, std::uint64_t percent, const ResourceSnapshot& middle,
                             const ResourceSnapshot& end) {
    EXPECT_LE(end.figures.at(name), middle.figures.at(name) * (100 + percent) / 100) << name;
  }

  static void PrintSnapshot(int goal_states, const ResourceSnapshot& snapshot, std::vector<double> seconds) {
    std::ranges::sort(seconds);
    std::cout << "many: " << goal_states << " goal states: median " << seconds[seconds.size() / 2]
              << " s, max " << seconds.back() << " s; " << Describe(snapshot) << std::endl;
  }

  static inline std::vector<double> seconds_;
  static inline std::uint64_t settings_ = 0;
};

TEST_F(ManyGoalStates, LeakNothing) {
  const ResourceSnapshot first = ResourceSnapshot::AwaitQuiet(vm());
  PrintSnapshot(0, first, seconds_);
  seconds_.clear();
  std::vector<ResourceSnapshot> rows = {first};
  for (int row = 0; row < kRows && !HasFailure(); ++row) {
    rows.push_back(RunRow(row, first));
    PrintSnapshot((row + 1) * kInARow, rows.back(), seconds_);
    ExpectNothingGrew(first, rows[rows.size() - 2], rows.back());
  }
  if (HasFailure()) return;
  ExpectMemoryOf("agent_kb", 10, rows[kRows / 2], rows.back());
  ExpectMemoryOf("dockerd_kb", 20, rows[kRows / 2], rows.back());
}

TEST_F(ManyGoalStates, WriteAtMostFiveLogFilesOfAMegabyte) {
  for (int i = 0; i < 7; ++i) {
    vm().Shell("yes 'filler for the log' | head -c 1048576 >>" + std::string(kLog));
    azure().Request({"again"});
    azure().Wait("success");
  }
  const std::vector<std::string> sizes = Split(vm().Shell("stat -c %s " + std::string(kLog) + "*"), '\n');
  EXPECT_THAT(sizes, SizeIs(5));
  constexpr long kMegabyteAndPreviousContent = 1'200'000;
  for (const std::string& size : sizes) EXPECT_LE(std::stol(size), kMegabyteAndPreviousContent);
}

}  // namespace
}  // namespace dockerext
