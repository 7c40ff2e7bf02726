// SPDX-License-Identifier: MIT
#include "tests/sim/contract/utf8.hpp"

#include <gtest/gtest.h>

namespace dockerext::contract {
namespace {

TEST(Utf8, CountsAndCutsCharacters) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  EXPECT_TRUE(IsUtf8(text));
  EXPECT_EQ(CountCharacters(text), 4U);
  EXPECT_EQ(LastCharacters(text, 2), text.substr(3));
  EXPECT_EQ(FirstCharacters(text, 2), text.substr(0, 3));
  EXPECT_EQ(LastCharacters(text, 9), text);
  EXPECT_EQ(FirstCharacters(text, 9), text);
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace dockerext::contract
