// SPDX-License-Identifier: MIT
#include "handler/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "handler/base/file_mode.hpp"
#include "handler/base/retry.hpp"

namespace dockerext {
namespace {

Result<int> Half(int n) {
  if (n % 2 != 0) return Error{Code::kNotFound, "odd"};
  return n / 2;
}

Result<int> Quarter(int n) {
  TRY_LET(const int half, Half(n));
  return Half(half).Context("halving twice");
}

Status Check(int n) {
  TRY(Quarter(n));
  return {};
}

TEST(Result, TryReturnsTheFirstError) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error().Message(), "halving twice: odd");
  EXPECT_EQ(Quarter(5).error().Message(), "odd");
  EXPECT_TRUE(Check(4).ok());
  EXPECT_EQ(Check(3).error().code, Code::kNotFound);
}

TEST(Result, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> owned = *std::move(result);
  EXPECT_EQ(*owned, 3);
}

TEST(FileMode, LiteralIsOctal) { EXPECT_EQ((0640_mode).bits(), 0640U); }

struct CountingClock {
  std::chrono::steady_clock::time_point now{};
  int sleeps = 0;
  std::chrono::steady_clock::time_point SteadyNow() const { return now; }
  void SleepFor(std::chrono::milliseconds pause) {
    now += pause;
    ++sleeps;
  }
};

TEST(RetryWhileBusy, ReturnsTheLastErrorWhenTheBudgetIsUsedUp) {
  CountingClock clock;
  const Status outcome = RetryWhileBusy(clock, std::chrono::minutes(5), std::chrono::seconds(30), [] {
    return Status(Error{Code::kBusy, "held by 42"});
  });
  EXPECT_EQ(outcome.error().Message(), "held by 42");
  EXPECT_EQ(clock.sleeps, 10);
}

TEST(RetryWhileBusy, DoesNotRetryOtherErrors) {
  CountingClock clock;
  int attempts = 0;
  const Status outcome = RetryWhileBusy(clock, std::chrono::minutes(5), std::chrono::seconds(30), [&] {
    ++attempts;
    return attempts < 3 ? Status(Error{Code::kBusy, "held"}) : Status(Error{Code::kInternal, "broken"});
  });
  EXPECT_EQ(outcome.error().Message(), "broken");
  EXPECT_EQ(attempts, 3);
}

}  // namespace
}  // namespace dockerext
