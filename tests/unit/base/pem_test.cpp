// SPDX-License-Identifier: MIT
#include "handler/base/pem.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kOne = "-----BEGIN X-----\nAAAA\nBBBB\n-----END X-----\n";
const std::string kTwo = "-----BEGIN Y-----\nCCCC\n-----END Y-----\n";

TEST(ReadPemParts, ReadsEachPartWithTextAndBlanksAround) {
  const std::string text = "Bag Attributes\n" + kOne + "\n# next\r\n" + kTwo + "end";
  const auto parts = ReadPemParts(text);
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].label, "X");
  EXPECT_EQ(parts[0].body, "AAAA\nBBBB");
  EXPECT_EQ(parts[1].label, "Y");
  for (const PemPart& part : parts) EXPECT_THAT(part.defect, IsEmpty());
}

TEST(ReadPemParts, SaysWhatGoPassesOver) {
  const auto defect = [](const std::string& text) { return ReadPemParts(text).at(0).defect; };
  EXPECT_THAT(defect(" " + kOne), HasSubstr("does not begin a line"));
  EXPECT_THAT(defect("\xEF\xBB\xBF" + kOne), HasSubstr("does not begin a line"));
  EXPECT_THAT(defect("-----BEGIN X----- AAAA -----END X-----"), HasSubstr("on a line of its own"));
  EXPECT_THAT(defect("-----BEGIN X-----\nAAAA\n"), HasSubstr("not followed by its line END X"));
  EXPECT_THAT(defect("-----BEGIN X-----\nAAAA\n-----END Y-----\n"), HasSubstr("its line END X"));
  EXPECT_THAT(defect("-----BEGIN X-----\nAAAA\n-----END X-----;\n"), HasSubstr("its line END X"));
  EXPECT_THAT(defect("-----BEGIN X-----\nA!AA\n-----END X-----\n"), HasSubstr("is damaged"));
  EXPECT_THAT(defect("-----BEGIN X-----\nAAA\n-----END X-----\n"), HasSubstr("is damaged"));
}

TEST(ReadPemParts, GoesOnBehindAPartThatIsLost) {
  const auto parts = ReadPemParts("-----BEGIN X-----\nA!AA\n-----END X-----\n" + kTwo);
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_THAT(parts[1].defect, IsEmpty());
}

TEST(ReadPemParts, KnowsHeaderLines) {
  const std::string text = "-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END X-----\n";
  EXPECT_TRUE(ReadPemParts(text).at(0).has_headers);
  EXPECT_FALSE(ReadPemParts(kOne).at(0).has_headers);
}

TEST(RepairedPem, ChangesNothingThatGoReads) {
  EXPECT_EQ(RepairedPem("text before\r\n" + kOne + kTwo), std::nullopt);
  EXPECT_EQ(RepairedPem("no PEM"), std::nullopt);
}

TEST(RepairedPem, PutsEachPartInLinesOfItsOwn) {
  const std::string in_lines = "-----BEGIN X-----\nAAAABBBB\n-----END X-----\n" + kTwo;
  for (
      const char* text :
      {"-----BEGIN X-----AAAABBBB-----END X----------BEGIN Y-----CCCC-----END Y-----",
       "-----BEGIN X----- AAAA BBBB -----END X----- -----BEGIN Y----- CCCC -----END Y-----",
       R"(-----BEGIN X-----\nAAAA\nBBBB\n-----END X-----\n-----BEGIN Y-----\nCCCC\n-----END Y-----\n)",
       R"("-----BEGIN X-----\r\nAAAABBBB\r\n-----END X-----\r\n-----BEGIN Y-----\r\nCCCC\r\n-----END Y-----")",
       "-----BEGIN X-----\rAAAA\rBBBB\r-----END X-----\r-----BEGIN Y-----\rCCCC\r-----END Y-----"}) {
    EXPECT_EQ(RepairedPem(text), in_lines);
  }
}

TEST(RepairedPem, LeavesWhatCanBeReadInMoreThanOneWay) {
  for (const char* text : {"-----BEGIN X-----AAAA", "-----BEGIN X-----A!AA-----END X-----",
                           "-----BEGIN X-----AAAA-----END Y-----", "-----BEGIN X----------END X-----",
                           "-----BEGIN X----- Proc-Type: 4,ENCRYPTED AAAA -----END X-----", "-----BEGIN "}) {
    EXPECT_EQ(RepairedPem(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dockerext
