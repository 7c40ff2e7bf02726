// SPDX-License-Identifier: MIT
// The table of dockerd's flags against what dockerd itself lists. The fixtures are the flags, with their
// shorthands and types, of `dockerd --help`, of the versions that they are named after.
#include "handler/settings/dockerd_flags.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <string>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

struct HelpLine {
  std::string name;
  char shorthand = '\0';
  std::string type;
};

// "-b, --bridge string", "--debug".
HelpLine ParseHelpLine(const std::string& line) {
  HelpLine parsed;
  for (const std::string& word : Split(line, ' ')) {
    if (word.starts_with("--"))
      parsed.name = word.substr(2);
    else if (word.starts_with('-'))
      parsed.shorthand = word[1];
    else
      parsed.type = word;
  }
  return parsed;
}

std::vector<HelpLine> HelpOf(const std::string& version) {
  std::vector<HelpLine> help;
  std::ifstream file(DX_SOURCE_DIR "/tests/fixtures/dockerd_flags/" + version + ".txt");
  for (std::string line; std::getline(file, line);) help.push_back(ParseHelpLine(line));
  return help;
}

class OfVersion : public testing::TestWithParam<const char*> {};

TEST_P(OfVersion, EveryFlagOfDockerdIsKnownAsItIsRead) {
  const std::set<std::string> lists = {"list", "map", "mapmap", "runtime", "ulimit", "pool-options"};
  const auto help = HelpOf(GetParam());
  ASSERT_GT(help.size(), 75U);
  for (const HelpLine& line : help) {
    SCOPED_TRACE(line.name);
    const DockerdFlag* const flag = FindFlag(line.name);
    ASSERT_NE(flag, nullptr);
    EXPECT_EQ(flag->value == FlagValue::kBoolean, line.type.empty());
    EXPECT_TRUE(flag->value == FlagValue::kList || !lists.contains(line.type));
    EXPECT_TRUE(line.shorthand == '\0' || FindShorthand(line.shorthand) == flag);
  }
}

INSTANTIATE_TEST_SUITE_P(DockerdFlags, OfVersion, testing::Values("20.10.24", "26.1.5", "28.5.2"));

TEST(DockerdFlags, ThoseThatListenWeakenOrAreOursAreRefusedAndNoOthers) {
  const std::set<std::string> refused = {"host",     "tls",     "tlsverify",    "tlscacert",
                                         "tlscert",  "tlskey",  "metrics-addr", "config-file",
                                         "validate", "version", "help",         "api-cors-header"};
  for (const char* version : {"20.10.24", "26.1.5", "28.5.2"}) {
    for (const HelpLine& line : HelpOf(version))
      EXPECT_EQ(FindFlag(line.name)->refusal != nullptr, refused.contains(line.name)) << line.name;
  }
  // Those that no help lists: hidden, and of Docker 1.x.
  EXPECT_NE(FindFlag("network-diagnostic-port")->refusal, nullptr);
  EXPECT_NE(FindFlag("api-enable-cors")->refusal, nullptr);
}

TEST(DockerdFlags, TheFormerNameOfTheDataRootIsTheSameFlag) {
  EXPECT_EQ(FindFlag("graph"), FindFlag("data-root"));
  EXPECT_EQ(FindShorthand('g'), FindFlag("data-root"));
}

TEST(DockerdFlags, AnUnknownFlagIsInNoTable) {
  EXPECT_EQ(FindFlag("no-such-flag"), nullptr);
  EXPECT_EQ(FindFlag(""), nullptr);
  EXPECT_EQ(FindShorthand('\0'), nullptr);
  EXPECT_EQ(FindShorthand('X'), nullptr);
}

}  // namespace
}  // namespace dockerext
