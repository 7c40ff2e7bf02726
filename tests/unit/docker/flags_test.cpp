// SPDX-License-Identifier: MIT
#include "handler/docker/flags.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The flags behind the program, each "name=value".
std::vector<std::string> Parse(std::vector<std::string> argv) {
  argv.insert(argv.begin(), "/usr/bin/dockerd");
  std::vector<std::string> flags;
  for (const Flag& flag : ParseFlags(WithOrigin(argv, "/unit")))
    flags.push_back(flag.name + "=" + flag.value);
  return flags;
}

TEST(ParseFlags, ReadsAValueThatIsAttachedOrApart) {
  EXPECT_THAT(Parse({"--data-root", "/a", "--data-root=/b", "--label=c=d"}),
              ElementsAre("data-root=/a", "data-root=/b", "label=c=d"));
}

TEST(ParseFlags, GivesABooleanFlagNoValueThatIsApart) {
  EXPECT_THAT(Parse({"--debug", "--host", "fd://", "--live-restore=false"}),
              ElementsAre("debug=true", "host=fd://", "live-restore=false"));
}

TEST(ParseFlags, ReadsEverySpellingOfAShorthand) {
  EXPECT_THAT(Parse({"-H", "tcp://a", "-H=tcp://b", "-Htcp://c", "-H="}),
              ElementsAre("host=tcp://a", "host=tcp://b", "host=tcp://c", "host=="));
  EXPECT_THAT(Parse({"-D", "-D=false", "-l", "warn"}),
              ElementsAre("debug=true", "debug=false", "log-level=warn"));
}

TEST(ParseFlags, ReadsCombinedShorthands) {
  EXPECT_THAT(Parse({"-DH", "tcp://a"}), ElementsAre("debug=true", "host=tcp://a"));
  EXPECT_THAT(Parse({"-DHtcp://a"}), ElementsAre("debug=true", "host=tcp://a"));
  EXPECT_THAT(Parse({"-DH=tcp://a"}), ElementsAre("debug=true", "host=tcp://a"));
}

TEST(ParseFlags, TakesTheNextArgumentForAValueWhateverItLooksLike) {
  EXPECT_THAT(Parse({"--oom-score-adjust", "-500", "--host", "--debug", "-H", "--"}),
              ElementsAre("oom-score-adjust=-500", "host=--debug", "host=--"));
}

TEST(ParseFlags, NamesTheRootOfTheDataByItsPresentName) {
  EXPECT_THAT(Parse({"-g", "/a", "--graph=/b", "--graph", "/c", "-g/d"}),
              ElementsAre("data-root=/a", "data-root=/b", "data-root=/c", "data-root=/d"));
}

TEST(ParseFlags, SkipsWhatIsNoFlag) {
  EXPECT_THAT(Parse({"daemon", "-H", "fd://", "-", "", "-D"}), ElementsAre("host=fd://", "debug=true"));
  EXPECT_THAT(Parse({"-D", "--", "-H", "fd://"}), ElementsAre("debug=true"));
}

TEST(ParseFlags, LeavesOutShorthandsThatNoDockerdAcceptsAndAFlagWithoutItsValue) {
  EXPECT_THAT(Parse({"-dH", "fd://", "-D", "--host"}), ElementsAre("debug=true"));
  EXPECT_THAT(ParseFlags({}), IsEmpty());
}

TEST(ParseFlags, NameTheOriginOfTheValue) {
  const auto flags = ParseFlags({{"/d", "/unit"}, {"-H", "/unit"}, {"tcp://a", "/env"}, {"-D", "/unit"}});
  ASSERT_EQ(flags.size(), 2U);
  EXPECT_EQ(flags[0].origin, "/env");
  EXPECT_EQ(flags[1].origin, "/unit");
}

TEST(HostsOf, AreTheValuesOfTheFlagWithTheirOrigins) {
  std::vector<std::string> hosts;
  for (const ArgWithOrigin& host :
       HostsOf({{"/d", "/u"}, {"-DH", "/u"}, {"fd://", "/u"}, {"--host=tcp://a", "/e"}}))
    hosts.push_back(host.arg + " " + host.origin);
  EXPECT_THAT(hosts, ElementsAre("fd:// /u", "tcp://a /e"));
}

TEST(IsTcpHost, IsTrueForAllButLocalSockets) {
  EXPECT_TRUE(IsTcpHost("tcp://0.0.0.0:2375"));
  EXPECT_TRUE(IsTcpHost("0.0.0.0:2375"));
  EXPECT_FALSE(IsTcpHost("unix:///var/run/docker.sock"));
  EXPECT_FALSE(IsTcpHost("fd://"));
}

}  // namespace
}  // namespace dockerext
