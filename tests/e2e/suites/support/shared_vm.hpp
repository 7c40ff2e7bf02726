// SPDX-License-Identifier: MIT
// A VM shared by all tests of a suite, which run in order and leave it as the next one expects. Keeps the
// evidence of failed tests.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

// Suite declares the image of its VM, static constexpr Guest::Image kImage, or has Options of its own.
template <class Suite>
class SharedVm : public testing::Test {
 public:
  static Guest::Options Options() { return {.image = Suite::kImage}; }

 protected:
  static void SetUpTestSuite() {
    if (!Vm::Missing().empty()) return;
    auto booted = Vm::Boot(Suite::Options());
    ASSERT_TRUE(booted.ok()) << booted.error().Message();
    vm_.emplace(*std::move(booted));
  }
  static void TearDownTestSuite() { vm_.reset(); }

  void SetUp() override {
    if (!Vm::Missing().empty()) GTEST_SKIP() << Vm::Missing();
    ASSERT_TRUE(vm_.has_value());
  }
  void TearDown() override {
    if (HasFailure() && vm_) vm_->KeepEvidence(testing::UnitTest::GetInstance()->current_test_info()->name());
  }

  static bool HasVm() { return vm_.has_value(); }
  static Vm& vm() { return *vm_; }

 private:
  static inline std::optional<Vm> vm_;
};

}  // namespace dockerext
