// SPDX-License-Identifier: MIT
#include "tests/sim/agent/options.hpp"

#include <map>
#include <sstream>

#include "tests/sim/agent/session.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Defaults kRoot = {.root = true, .home = "/root", .guest_program = ""};

std::string UsageErrorOf(const std::vector<std::string>& args, const Defaults& defaults = kRoot) {
  const auto options = ParseOptions(args, defaults);
  if (options.ok()) return "";
  EXPECT_EQ(options.error().code, Code::kInvalidSettings);
  return options.error().Message();
}

TEST(ParseOptions, AppliesDefaults) {
  const auto options = ParseOptions({"run", "--here", "--zip", "x.zip"}, kRoot);
  ASSERT_OK(options);
  EXPECT_EQ(LibDir(*options), "/var/lib/waagent");
  EXPECT_EQ(LogDir(*options), "/var/log/azure");
  EXPECT_EQ(options->pace.wait, std::chrono::minutes(45));
}

TEST(ParseOptions, RejectsContradictions) {
  EXPECT_THAT(UsageErrorOf({}), HasSubstr("--help"));
  EXPECT_THAT(UsageErrorOf({"fly"}), HasSubstr("unknown verb 'fly'"));
  EXPECT_THAT(UsageErrorOf({"run", "--her"}), HasSubstr("unknown option '--her'"));
  EXPECT_THAT(UsageErrorOf({"run", "--zip", "x"}), HasSubstr("the target is missing"));
  EXPECT_THAT(UsageErrorOf({"run", "--here"}), HasSubstr("run needs --zip"));
  EXPECT_THAT(UsageErrorOf({"run", "--zip"}), HasSubstr("--zip needs a value"));
  EXPECT_THAT(UsageErrorOf({"disable", "--here", "--zip", "x"}),
              HasSubstr("--zip is not an option of this verb"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--guest", "g"}), HasSubstr("not both"));
  EXPECT_THAT(UsageErrorOf({"enable", "--guest", "g"}), HasSubstr("DX_GUEST"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--port", "0"}), HasSubstr("'0' is not a port"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--wait", "-1"}), HasSubstr("--wait"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--public", "p", "--port", "1"}), HasSubstr("omit --port"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--no-settings", "--public", "p"}),
              HasSubstr("--no-settings"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--lib-dir", "lib"}), HasSubstr("absolute"));
  EXPECT_THAT(UsageErrorOf({"update", "--here"}), HasSubstr("update needs --zip"));
  EXPECT_THAT(UsageErrorOf({"disable", "--here", "--keep"}),
              HasSubstr("--keep is not an option of this verb"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--gdb", "--gdbserver", "h:1"}), HasSubstr("not both"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--gdbserver", "2345"}), HasSubstr("HOST:PORT"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--gdb", "--json"}), HasSubstr("terminal"));
}

TEST(ParseOptions, HereNeedsRootOrItsOwnFolders) {
  const Defaults user = {.root = false, .home = "/home/u", .guest_program = ""};
  EXPECT_THAT(UsageErrorOf({"enable", "--here"}, user), HasSubstr("needs root"));
  EXPECT_THAT(UsageErrorOf({"enable", "--here", "--lib-dir", "/l"}, user), HasSubstr("needs root"));
  EXPECT_EQ(UsageErrorOf({"enable", "--here", "--lib-dir", "/l", "--log-dir", "/g"}, user), "");
}

TEST(ParseOptions, ForwardsWhatTheGuestNeeds) {
  const auto options = ParseOptions({"enable", "--guest", "g", "--cipher", "aes-256-cbc", "--host", "h",
                                     "--no-protected", "--wait", "9", "--name", "A.B"},
                                    {.root = false, .home = "", .guest_program = "/guest"});
  ASSERT_OK(options);
  EXPECT_EQ(options->guest_program, "/guest");
  EXPECT_THAT(options->forwarded,
              ElementsAre("--cipher", "aes-256-cbc", "--no-protected", "--wait", "9", "--name", "A.B"));
}

TEST(ParseOptions, DebugsTheCommandThatTheVerbCalls) {
  for (const auto& [verb, command] : std::map<std::string, std::string>{{"settings", "enable"},
                                                                        {"enable", "enable"},
                                                                        {"disable", "disable"},
                                                                        {"uninstall", "uninstall"}}) {
    const auto options = ParseOptions({verb, "--here", "--gdb"}, kRoot);
    ASSERT_OK(options);
    EXPECT_EQ(DebuggingOf(*options).command, command);
  }
  EXPECT_EQ(DebuggingOf(*ParseOptions({"enable", "--here"}, kRoot)).command, "");
}

TEST(HelpTest, NamesEveryExitCodeAndVerb) {
  std::ostringstream out;
  EXPECT_EQ(RunHarness({"--help"}, kRoot, out, out), 0);
  for (const char* word : {"run ", "enable ", "settings ", "update ", "disable", "uninstall", "credentials",
                           "--here", "--json", "--keep", "--gdb ", "--gdbserver", "6 timed out"}) {
    EXPECT_THAT(out.str(), HasSubstr(word));
  }
}

TEST(UsageError, IsExitCode2) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunHarness({"run"}, kRoot, out, err), 2);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), HasSubstr("handler-harness: "));
}

}  // namespace
}  // namespace dockerext::agent_simulator
