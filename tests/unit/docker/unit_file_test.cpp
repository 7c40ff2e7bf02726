// SPDX-License-Identifier: MIT
#include "handler/docker/unit_file.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kMark = "\xEF\xBB\xBF";

// The assignments of a text, each "section|key|value".
std::vector<std::string> Parse(const std::string& text) {
  std::vector<std::string> assignments;
  for (const UnitAssignment& assignment : ParseUnitFile(text))
    assignments.push_back(assignment.section + "|" + assignment.key + "|" + assignment.value);
  return assignments;
}

TEST(ParseUnitFile, SkipsAByteOrderMark) {
  EXPECT_THAT(Parse(kMark + "[Service]\nA=b\n"s), ElementsAre("Service|A|b"));
}

TEST(ParseUnitFile, SkipsTheFirstByteOrderMarkAtTheStartOfAnyLineAndNoOther) {
  EXPECT_THAT(Parse("[Service]\n"s + kMark + "A=b\n" + kMark + "C=d\n"),
              ElementsAre("Service|A|b", "Service|"s + kMark + "C|d"));
}

TEST(ParseUnitFile, ReadsACommentBehindAByteOrderMarkAsALine) {
  EXPECT_THAT(Parse(kMark + "# comment \\\n[Service]\nA=b\n"s), IsEmpty());
  EXPECT_THAT(Parse(kMark + "# comment\n[Service]\nA=b\n"s), ElementsAre("Service|A|b"));
}

TEST(ParseUnitFile, EndsLinesAtLineFeedsCarriageReturnsAndNulBytes) {
  EXPECT_THAT(Parse("[Service]\r\nA=1\rB=2\n\rC=3\0D=4\n\n\r\nE=5"s),
              ElementsAre("Service|A|1", "Service|B|2", "Service|C|3", "Service|D|4", "Service|E|5"));
}

TEST(ParseUnitFile, JoinsALineThatEndsInAnOddNumberOfBackslashes) {
  EXPECT_THAT(Parse("[Service]\nA=b\\\nc\n"), ElementsAre("Service|A|b c"));
  EXPECT_THAT(Parse("[Service]\nA=b\\\\\nC=d\n"), ElementsAre("Service|A|b\\\\", "Service|C|d"));
  EXPECT_THAT(Parse("[Service]\nA=b\\\\\\\nc\n"), ElementsAre("Service|A|b\\\\ c"));
}

TEST(ParseUnitFile, KeepsABackslashThatABlankFollows) {
  EXPECT_THAT(Parse("[Service]\nA=b\\ \nC=d\n"), ElementsAre("Service|A|b\\", "Service|C|d"));
}

TEST(ParseUnitFile, EndsAContinuationAtAnEmptyLine) {
  EXPECT_THAT(Parse("[Service]\nA=b \\\n\nC=d\n"), ElementsAre("Service|A|b", "Service|C|d"));
}

TEST(ParseUnitFile, TakesNoContinuationFromAComment) {
  EXPECT_THAT(Parse("[Service]\n# comment \\\nA=b\n  ; another \\\nC=d\n"),
              ElementsAre("Service|A|b", "Service|C|d"));
}

TEST(ParseUnitFile, AcceptsWhiteSpaceAroundEverything) {
  EXPECT_THAT(Parse("\t [Service] \n  A \t= b = c \t\n"), ElementsAre("Service|A|b = c"));
}

TEST(ParseUnitFile, SkipsLinesOutsideOfASectionWithoutAnAssignmentOrWithoutAKey) {
  EXPECT_THAT(Parse("A=b\n[Service]\nword\n=c\nD=\n"), ElementsAre("Service|D|"));
}

TEST(ParseUnitFile, StopsWhereSystemdStops) {
  EXPECT_THAT(Parse("[Service]\nA=b\n[Service\nC=d\n"), ElementsAre("Service|A|b"));
  EXPECT_THAT(Parse("[Service]\nA=b\n[\"Service\"]\n[Service]\nC=d\n"), ElementsAre("Service|A|b"));
  EXPECT_THAT(Parse("[Service]\nA=b\nC=\xE9\nD=e\n"), ElementsAre("Service|A|b"));
  EXPECT_THAT(Parse("[Service]\nA=b\nExecStart=/usr/bin/dockerd \"--label\nC=d\n"),
              ElementsAre("Service|A|b"));
}

TEST(ParseUnitFile, AcceptsACommentThatIsNotUtf8) {
  EXPECT_THAT(Parse("[Service]\n# caf\xE9\nA=caf\xC3\xA9\n"), ElementsAre("Service|A|caf\xC3\xA9"));
}

TEST(EffectiveExecStart, IsTheLastOneInOrder) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd -H fd://\n",
                                "[Service]\nExecStart=\nExecStart=/usr/local/bin/dockerd\n"}),
            "/usr/local/bin/dockerd");
}

TEST(EffectiveExecStart, IsFoundBehindAByteOrderMark) {
  EXPECT_EQ(
      EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd\n",
                          kMark + "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --data-root=/data\n"s}),
      "/usr/bin/dockerd --data-root=/data");
}

TEST(EffectiveExecStart, IsClearedByAnEmptyOne) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd\n", "[Service]\nExecStart=\n"}),
            std::nullopt);
}

TEST(EffectiveExecStart, IsNotOneThatSystemdRefuses) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd\n",
                                "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd 'open\n"}),
            std::nullopt);
}

TEST(EffectiveExecStart, KeepsPrefixesQuotesSpecifiersAndVariables) {
  EXPECT_EQ(
      EffectiveExecStart({"[Service]\nExecStart = -/usr/bin/dockerd \"--label=a b\" %m $DOCKER_OPTS  \n"}),
      "-/usr/bin/dockerd \"--label=a b\" %m $DOCKER_OPTS");
}

TEST(EffectiveExecStart, JoinsContinuationsAndSkipsCommentsBetweenThem) {
  EXPECT_EQ(
      EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd \\\n# a comment\n  -H fd:// \\\n;another\n"
                          "  --debug\nRestart=always\n"}),
      "/usr/bin/dockerd    -H fd://    --debug");
}

TEST(EffectiveExecStart, ReadsOnlyTheServiceSection) {
  EXPECT_EQ(EffectiveExecStart({"[Unit]\nExecStart=/bin/false\n[Service]\n#ExecStart=/bin/false\n"}),
            std::nullopt);
}

TEST(EffectiveExecStart, AcceptsAContinuationAtTheEndOfTheFile) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\r\nExecStart=/usr/bin/dockerd\\"}), "/usr/bin/dockerd");
}

TEST(EffectiveExecStart, LeavesOutALineWithANoncharacterAsSystemdDoes) {
  EXPECT_EQ(EffectiveExecStart({"[Service]\nExecStart=/usr/bin/dockerd\nExecStart=/bin/\uFFFE\n"}),
            "/usr/bin/dockerd");
}

TEST(UnvalidatedKeys, AreThoseThatCanKeepAServiceFromStarting) {
  EXPECT_THAT(UnvalidatedKeys("[Unit]\nAfter=a.service\nRequires=b.service\n[Service]\nExecStartPre=/a\n"
                              "ExecStartPre=/b\nEnvironment=A=b\nLimitNOFILE=1\nRestartSec=1\nType=simple\n"
                              "ExecStartPost=-/c\n"
                              "[Install]\nWantedBy=multi-user.target\n"),
              testing::ElementsAre("Requires", "ExecStartPre", "LimitNOFILE", "Type"));
  EXPECT_THAT(UnvalidatedKeys("[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd\n"), testing::IsEmpty());
}

TEST(UnvalidatedKeys, DependOnTheValueWhereThatDecides) {
  for (const char* line : {"EnvironmentFile=/etc/x", "StandardOutput=file:/x", "StandardInput=socket",
                           "LimitAS=1M", "LimitNOFILE=5:1048576", "LimitFSIZE=1", "TimeoutStartSec=1ms",
                           "TimeoutSec=3", "Environment=DOCKER_TMPDIR=/x", "Environment=A=b \"PATH=/x y\""})
    EXPECT_THAT(UnvalidatedKeys("[Service]\n" + std::string(line) + "\n"), testing::SizeIs(1)) << line;
  for (const char* line :
       {"EnvironmentFile=-/etc/x", "EnvironmentFile=", "StandardOutput=journal+console", "StandardError=null",
        "LimitNOFILE=1048576", "LimitNPROC=infinity", "LimitCORE=0", "LimitMEMLOCK=infinity:infinity",
        "TimeoutStartSec=0", "TimeoutStopSec=5", "Environment=HTTP_PROXY=http://proxy:3128 NO_PROXY=x"})
    EXPECT_THAT(UnvalidatedKeys("[Service]\n" + std::string(line) + "\n"), testing::IsEmpty()) << line;
}

}  // namespace
}  // namespace dockerext
