// SPDX-License-Identifier: MIT
#include "handler/docker/environment_file.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Parse(const std::string& text) {
  std::vector<std::string> assignments;
  for (const Variable& variable : ParseEnvironmentFile(text))
    assignments.push_back(variable.name + "=" + variable.value);
  return assignments;
}

TEST(ParseEnvironmentFile, ReadsAValueOverSeveralLinesInsideQuotes) {
  EXPECT_THAT(Parse("A=\"-H tcp://0.0.0.0:2375\n  --debug\"\nB='x\ny'\n"),
              ElementsAre("A=-H tcp://0.0.0.0:2375\n  --debug", "B=x\ny"));
}

TEST(ParseEnvironmentFile, RemovesALineEndBehindABackslash) {
  EXPECT_THAT(Parse("A=-H \\\n  fd:// \\\n--debug\nB=\"x \\\ny\"\n"),
              ElementsAre("A=-H   fd:// --debug", "B=x y"));
}

TEST(ParseEnvironmentFile, KeepsABackslashAndALineEndInSingleQuotes) {
  EXPECT_THAT(Parse("A='x\\\ny\\'\n"), ElementsAre("A=x\\\ny\\"));
}

TEST(ParseEnvironmentFile, EndsALineAtACarriageReturnOfItsOwnAlsoBehindABackslash) {
  EXPECT_THAT(Parse("A=1\r\nB=2\rC=x \\\r\nD=\"y\\\r\nz\"\r\n"),
              ElementsAre("A=1", "B=2", "C=x ", "D=y\\\r\nz"));
}

TEST(ParseEnvironmentFile, DecodesABackslashInDoubleQuotesOnlyBeforeWhatAShellDoes) {
  EXPECT_THAT(Parse(R"(A="\" \\ \` \$ \n \x41")"), ElementsAre(R"(A=" \ ` $ \n \x41)"));
}

TEST(ParseEnvironmentFile, KeepsAnyCharacterBehindABackslashWithoutQuotes) {
  EXPECT_THAT(Parse("A=a\\nb\\\\c\\\"d\\ \n"), ElementsAre("A=anb\\c\"d "));
}

TEST(ParseEnvironmentFile, JoinsQuotedPartsAndReadsQuotesInsideAWordAsTheyStand) {
  EXPECT_THAT(Parse("A='x' \"y\" z\nB=x\"y z\"\n"), ElementsAre("A=xyz", "B=x\"y z\""));
}

TEST(ParseEnvironmentFile, StripsBlanksAroundNameAndValueButNotInsideQuotes) {
  EXPECT_THAT(Parse("  A \t=  x y \t\nB=' x ' \nC=\nD= \t\n"), ElementsAre("A=x y", "B= x ", "C=", "D="));
}

TEST(ParseEnvironmentFile, SkipsCommentsButNotBehindAValue) {
  EXPECT_THAT(Parse("# a=b\n ;c=d\nE=f # g\nH=i;j\n"), ElementsAre("E=f # g", "H=i;j"));
}

TEST(ParseEnvironmentFile, DoesNotContinueAComment) {
  EXPECT_THAT(Parse("# comment \\\nA=b\n"), ElementsAre("A=b"));
}

TEST(ParseEnvironmentFile, SkipsLinesWithoutAnAssignmentOrWithAnInvalidName) {
  EXPECT_THAT(Parse("word\nexport A=b\n1C=d\nE-F=g\n=h\n==i\n\xEF\xBB\xBFJ=k\nL_2=m=n\n"),
              ElementsAre("L_2=m=n"));
}

TEST(ParseEnvironmentFile, AcceptsAnOpenQuoteAndABackslashAtTheEnd) {
  EXPECT_THAT(Parse("A=\"x y"), ElementsAre("A=x y"));
  EXPECT_THAT(Parse("A='x y"), ElementsAre("A=x y"));
  EXPECT_THAT(Parse("A=x \\"), ElementsAre("A=x "));
  EXPECT_THAT(Parse("A=\"x\\"), ElementsAre("A=x"));
  EXPECT_THAT(Parse("A"), IsEmpty());
}

TEST(ParseEnvironmentFile, IsEmptyForAFileThatSystemdRefuses) {
  EXPECT_THAT(Parse("A=b\nC=\xE9\n"), IsEmpty());
  EXPECT_THAT(Parse("A=b\0"s), IsEmpty());
  EXPECT_THAT(Parse("# caf\xE9\nA=b\n"), ElementsAre("A=b"));
}

}  // namespace
}  // namespace dockerext
