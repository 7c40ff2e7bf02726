// SPDX-License-Identifier: MIT
// A hundred goal states in a row, as a VM sees them in years: nothing of ours grows with their number. The
// tests share a VM and run in their order.
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

  // Everything that the rows do, once, so that what is made once is there.
  static void WarmUp() {
    for (int i = 0; i < 5; ++i) RunOne(i, 1);
  }

  // A port change and the way back begin a row; of all goal states each tenth has new settings that say the
  // same.
  static void RunOne(int in_row, int in_all) {
    if (in_row == 0) {
      OrderSettings(5000);
    } else if (in_row == 1 || in_all % 10 == 0) {
      OrderSettings(4243);
    } else {
      azure().Order({"again"});
    }
    seconds_.push_back(SecondsOf(azure().Wait("success")));
  }

  static void OrderSettings(std::uint16_t port) {
    azure().OrderSettings({"settings"}, port);
    ++settings_;
  }

  // Of "success after 2.8 s: ...".
  static double SecondsOf(const std::string& said) {
    constexpr std::string_view kBegin = "success after ";
    EXPECT_TRUE(said.starts_with(kBegin)) << said;
    return said.starts_with(kBegin) ? std::stod(said.substr(kBegin.size())) : 0;
  }

  // A row; dockerd is the same from the second of its port changes to the end.
  static ResourceSnapshot RunRow(int row, const ResourceSnapshot& before) {
    const int calls = azure().Calls("enable");
    std::string engine;
    for (int i = 0; i < kInARow && !HasFailure(); ++i) {
      RunOne(i, row * kInARow + i + 1);
      if (i == 1) engine = vm().EnginePid();
    }
    EXPECT_EQ(vm().EnginePid(), engine);
    EXPECT_EQ(azure().Calls("enable"), calls + kInARow);
    return ResourceSnapshot::Await(vm(),
                                   [&](const ResourceSnapshot& now) { return now.stock == before.stock; });
  }

  static void ExpectNothingGrew(const ResourceSnapshot& first, const ResourceSnapshot& last,
                                const ResourceSnapshot& now) {
    EXPECT_THAT(Differences(first.stock, now.stock), IsEmpty());
    EXPECT_EQ(now.figures.at("settings"), settings_);
    EXPECT_EQ(now.figures.at("statuses"), settings_);
    constexpr std::uint64_t kWiderNumbers = 64;  // sequence and generation, as decimals
    EXPECT_LE(now.figures.at("bytes"), first.figures.at("bytes") + kWiderNumbers);
    EXPECT_LE(now.figures.at("log_bytes"), last.figures.at("log_bytes") + kInARow * kLogBytesPerCall);
  }

  // Not more than so many percent above that of the middle, when dockerd had run for as many goal states.
  static void ExpectMemoryOf(const char* name, std::uint64_t percent, const ResourceSnapshot& middle,
                             const ResourceSnapshot& end) {
    EXPECT_LE(end.figures.at(name), middle.figures.at(name) * (100 + percent) / 100) << name;
  }

  static void Tell(int goal_states, const ResourceSnapshot& snapshot, std::vector<double> seconds) {
    std::ranges::sort(seconds);
    std::cout << "many: " << goal_states << " goal states: median " << seconds[seconds.size() / 2]
              << " s, max " << seconds.back() << " s; " << Describe(snapshot) << std::endl;
  }

  static inline std::vector<double> seconds_;
  static inline std::uint64_t settings_ = 0;
};

TEST_F(ManyGoalStates, LeaveNothingBehind) {
  const ResourceSnapshot first = ResourceSnapshot::AwaitQuiet(vm());
  Tell(0, first, seconds_);
  seconds_.clear();
  std::vector<ResourceSnapshot> rows = {first};
  for (int row = 0; row < kRows && !HasFailure(); ++row) {
    rows.push_back(RunRow(row, first));
    Tell((row + 1) * kInARow, rows.back(), seconds_);
    ExpectNothingGrew(first, rows[rows.size() - 2], rows.back());
  }
  if (HasFailure()) return;
  ExpectMemoryOf("agent_kb", 10, rows[kRows / 2], rows.back());
  ExpectMemoryOf("dockerd_kb", 20, rows[kRows / 2], rows.back());
}

TEST_F(ManyGoalStates, MakeNoMoreLogThanFiveFilesOfAMegabyte) {
  for (int i = 0; i < 7; ++i) {
    vm().Shell("yes 'as if there had been many more' | head -c 1048576 >>" + std::string(kLog));
    azure().Order({"again"});
    azure().Wait("success");
  }
  const std::vector<std::string> sizes = Split(vm().Shell("stat -c %s " + std::string(kLog) + "*"), '\n');
  EXPECT_THAT(sizes, SizeIs(5));
  constexpr long kMegabyteAndWhatWasThere = 1'200'000;
  for (const std::string& size : sizes) EXPECT_LE(std::stol(size), kMegabyteAndWhatWasThere);
}

}  // namespace
}  // namespace dockerext
