// SPDX-License-Identifier: MIT
#include "handler/base/text.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;
using testing::ElementsAre;

TEST(Trim, RemovesWhiteSpaceAtBothEndsOnly) {
  EXPECT_EQ(Trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(Trim(" \n "), "");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(Join, PutsSeparatorsOnlyBetween) {
  EXPECT_EQ(Join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(Join({}, ", "), "");
}

TEST(ParseUnsigned, AcceptsDigitsOnly) {
  EXPECT_EQ(ParseUnsigned("4243"), 4243U);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"}) {
    EXPECT_EQ(ParseUnsigned(text), std::nullopt) << text;
  }
}

TEST(DecodeBase64, DecodesEveryPaddingAndIgnoresLineEnds) {
  EXPECT_EQ(DecodeBase64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(DecodeBase64("Zm9v\r\nYmE="), "fooba");
  EXPECT_EQ(DecodeBase64("Zm9vYg=="), "foob");
  EXPECT_EQ(DecodeBase64(""), "");
}

TEST(DecodeBase64, RejectsWhatIsNotBase64) {
  for (const char* text : {"Zg", "Zg=", "=Zg=", "Z===", "====", "Zm9v*mFy", "Zm=v"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

TEST(HexEncode, IsLowerCase) { EXPECT_EQ(HexEncode("\xAf z"), "af207a"); }

TEST(Quoted, ShowsControlCharacters) { EXPECT_EQ(Quoted("a\nb'"), "'a\\x0ab''"); }

TEST(FormatUtc, IsIso8601) {
  EXPECT_EQ(FormatUtc(system_clock::time_point(seconds(1795551480))), "2026-11-24T20:18:00Z");
  EXPECT_EQ(FormatUtcDate(system_clock::time_point(seconds(1795551480))), "2026-11-24");
}

TEST(Tail, StartsAtALine) {
  EXPECT_EQ(Tail("one\ntwo\nthree\n", 11), "two\nthree\n");
  EXPECT_EQ(Tail("short", 11), "short");
}

TEST(ParentOf, EndsAtTheRoot) {
  EXPECT_EQ(ParentOf("/a/b"), "/a");
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(NameOf("/a/b"), "b");
}

}  // namespace
}  // namespace dockerext
