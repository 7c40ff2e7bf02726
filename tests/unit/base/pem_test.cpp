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

TEST(Pem, APartWhoseBeginIsNoneIsTold) {
  const std::string body(64, 'A');
  const std::string whole = PemText("CERTIFICATE", body);
  const std::string certificate = PemText("CERTIFICATE", "MIIB" + body);
  const auto without = [&](std::size_t from, std::size_t until) {
    return certificate.substr(from, until - from);
  };
  const auto first_line = certificate.find('\n') + 1;
  const auto last_line = certificate.rfind("-----END");
  for (const std::string& lost :
       {without(1, certificate.size()), without(first_line, certificate.size()),
        without(first_line, last_line), "  " + without(first_line, last_line),
        std::string("\u2010BEGIN CERTIFICATE\u2010\n"), std::string("-----begin certificate-----\n"),
        std::string("-----END X509 CRL-----\n"), std::string("\x30\x82\x01\x02\x03")}) {
    EXPECT_TRUE(HoldsLostPart(whole + lost)) << lost;
    EXPECT_TRUE(HoldsLostPart(lost + whole)) << lost;
    EXPECT_TRUE(HoldsLostPart(whole + lost + whole)) << lost;
  }
}

TEST(Pem, TextAroundPartsIsNoPart) {
  const std::string whole = PemText("CERTIFICATE", "AAAA");
  for (const std::string& text :
       {std::string(), std::string("# the CA that begins in 2026\n"), std::string("Mining company\n"),
        std::string("=====\n"), std::string(1, '\0'), std::string("SHA256 ") + std::string(64, 'a') + "\n",
        std::string("        MII: 00:11\n")}) {
    EXPECT_FALSE(HoldsLostPart(text + whole + text + whole + text)) << text;
  }
}

TEST(Pem, NothingIsRepairedWherePartOfItWouldBeLost) {
  const std::string whole = "-----BEGIN CERTIFICATE----- AAAA -----END CERTIFICATE-----";
  EXPECT_TRUE(RepairedPem(whole).has_value());
  EXPECT_FALSE(RepairedPem(whole + " " + whole.substr(1)).has_value());
  EXPECT_FALSE(RepairedPem(whole.substr(1) + " " + whole).has_value());
}

}  // namespace
}  // namespace dockerext
