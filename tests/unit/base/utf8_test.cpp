// SPDX-License-Identifier: MIT
#include "handler/base/utf8.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(IsCleanUtf8, RejectsStrayBytesLongFormsSurrogatesAndWhatIsCutOff) {
  EXPECT_TRUE(IsCleanUtf8("a\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBD\xF0\x90\x80\x80\xF4\x8F\xBF\xBD"));
  for (const char* text : {"\x80", "\xC3", "\xC3z", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(IsCleanUtf8(text)) << text;
  }
}

// As systemd-analyze verify (systemd 252) has it.
TEST(IsCleanUtf8, RejectsNoncharactersAndNotTheirNeighbours) {
  for (const char* text : {"\uFDD0", "\uFDEF", "\uFFFE", "\uFFFF", "\U0001FFFE", "\U0010FFFF"})
    EXPECT_FALSE(IsCleanUtf8(text)) << text;
  for (const char* text : {"\uFDCF", "\uFDF0", "\uFFFD", "\uFEFF", "\U00010000", "\U0010FFFD"})
    EXPECT_TRUE(IsCleanUtf8(text)) << text;
}

TEST(EncodeUtf8, GivesNothingForWhatIsNoCharacter) {
  for (const char32_t character : {0xD800U, 0xDFFFU, 0xFDD0U, 0x1FFFFU, 0x110000U})
    EXPECT_EQ(EncodeUtf8(character), "");
  EXPECT_EQ(EncodeUtf8(0x20AC), "\xE2\x82\xAC");
}

}  // namespace
}  // namespace dockerext
