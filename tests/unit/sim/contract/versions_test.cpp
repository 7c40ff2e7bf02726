// SPDX-License-Identifier: MIT
#include "tests/sim/contract/versions.hpp"

#include <gtest/gtest.h>

namespace dockerext::contract {
namespace {

TEST(Versions, AreComparedNumberByNumber) {
  const auto order = [](const char* left, const char* right) { return *CompareVersions(left, right); };
  EXPECT_TRUE(order("1.9.0", "1.10.0") < 0);
  EXPECT_TRUE(order("2", "1.99.99.99") > 0);
  EXPECT_TRUE(order("1.0", "1.0.0.0") == 0);
  EXPECT_FALSE(CompareVersions("1.0", "1.0-rc").ok());
}

}  // namespace
}  // namespace dockerext::contract
