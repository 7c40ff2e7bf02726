// SPDX-License-Identifier: MIT
#include "handler/docker/exec_line.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SplitExecLine, ResolvesQuotesAndEscapes) {
  EXPECT_THAT(SplitExecLine("/usr/bin/dockerd 'a b' \"c\\\"d\" e\\sf --g=\"h i\" '' 'j\\'k'"),
              ElementsAre("/usr/bin/dockerd", "a b", "c\"d", "e f", "--g=h i", "", "j'k"));
  EXPECT_THAT(SplitExecLine("\"/opt/my docker/dockerd\" \\x41\\101 \\u00e9 \\U0001F4A9 \\t"),
              ElementsAre("/opt/my docker/dockerd", "AA", "\xC3\xA9", "\xF0\x9F\x92\xA9", "\t"));
}

TEST(SplitExecLine, KeepsEscapesThatSystemdDoesNotKnow) {
  EXPECT_THAT(
      SplitExecLine("/d \\q a\\ b \"c\\ d\" \\x0 \\x00 \\400 \\u12 \\ud800 e\\"),
      ElementsAre("/d", "\\q", "a\\ b", "c\\ d", "\\x0", "\\x00", "\\400", "\\u12", "\\ud800", "e\\"));
}

TEST(SplitExecLine, LeavesOutThePrefixesOfTheProgram) {
  for (const char* line : {"-/d a", "+/d a", "!/d a", "!!/d a", "|/d a", ":/d a", "-:+/d a", "\"-/d\" a"})
    EXPECT_THAT(SplitExecLine(line), ElementsAre("/d", "a")) << line;
  EXPECT_THAT(SplitExecLine("/d -a @b"), ElementsAre("/d", "-a", "@b"));
}

TEST(SplitExecLine, LeavesOutTheNameThatAnAtSignSets) {
  EXPECT_THAT(SplitExecLine("@/usr/bin/dockerd docker-main -H fd://"),
              ElementsAre("/usr/bin/dockerd", "-H", "fd://"));
}

TEST(SplitExecLine, IsEmptyForALineThatSystemdRefuses) {
  for (const char* line : {"", "-", "@/d", "/d 'open", "/d \"open\\\"", "/d a ; /e b"})
    EXPECT_THAT(SplitExecLine(line), IsEmpty()) << line;
}

TEST(SplitExecLine, TakesASemicolonForASeparatorOnlyWhereItStandsAlone) {
  EXPECT_THAT(SplitExecLine("/d \\; \";\" a;b ;c \\;"), ElementsAre("/d", ";", ";", "a;b", ";c", ";"));
}

TEST(SplitExecLine, ResolvesTheSpecifiersThatAreTheSameOnEveryMachine) {
  EXPECT_THAT(SplitExecLine("/d %%a -H unix://%t/docker.sock %n %p %N %S %h 100%"),
              ElementsAre("/d", "%a", "-H", "unix:///run/docker.sock", "docker.service", "docker", "docker",
                          "/var/lib", "/root", "100%"));
  EXPECT_THAT(SplitExecLine("/d %H %m"), ElementsAre("/d", "%H", "%m"));
}

TEST(ExpandsVariables, UnlessTheProgramHasAColonForAPrefix) {
  EXPECT_TRUE(ExpandsVariables("/d :a"));
  EXPECT_TRUE(ExpandsVariables("-/d"));
  EXPECT_FALSE(ExpandsVariables(":/d"));
  EXPECT_FALSE(ExpandsVariables(" \"-:/d\""));
}

TEST(SplitWords, OfAssignmentsEndAtWhatDoesNotParse) {
  EXPECT_THAT(SplitWords("A=b \"C=d e\" F=\\x41", WordSyntax::kAssignments),
              ElementsAre("A=b", "C=d e", "F=A"));
  EXPECT_THAT(SplitWords("A=b C=\\q D=e", WordSyntax::kAssignments), ElementsAre("A=b"));
  EXPECT_THAT(SplitWords("A=b \"C=d", WordSyntax::kAssignments), ElementsAre("A=b"));
}

TEST(SplitWords, OfAVariableKeepWhatABackslashPrecedesAndAcceptAnything) {
  EXPECT_THAT(SplitWords("\\x41 a\\ b '\\'c' \"open d\\", WordSyntax::kVariable),
              ElementsAre("x41", "a b", "'c", "open d"));
}

TEST(QuoteExecArg, RoundTripsThroughTheParser) {
  for (const char* arg : {"--plain=value", "--label=a b", "--x=\"q\"", "--x='q'", "--x=back\\slash", "--x=;",
                          "--x=#", ";", "", "--x=50%t"}) {
    EXPECT_THAT(SplitExecLine("/d " + QuoteExecArg(arg, "/d")), ElementsAre("/d", arg));
  }
}

TEST(QuoteExecArg, DoublesADollarSignOnlyWhereVariablesAreReplaced) {
  EXPECT_EQ(QuoteExecArg("--x=50%$d", "/d"), "\"--x=50%%$$d\"");
  EXPECT_EQ(QuoteExecArg("--x=50%$d", ":/d"), "\"--x=50%%$d\"");
}

TEST(ResolveVariables, LeavesOutArgumentsThatAreVariables) {
  EXPECT_THAT(ResolveVariables({"a", "$OPTS", "${OPTS}", "b$$c", "$$d"}), ElementsAre("a", "b$c", "$d"));
}

}  // namespace
}  // namespace dockerext
