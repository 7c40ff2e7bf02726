// SPDX-License-Identifier: MIT
#include "tests/sim/agent/launch.hpp"

#include <signal.h>
#include <unistd.h>

#include <thread>

#include "handler/base/text.hpp"
#include "tests/sim/agent/output_window.hpp"
#include "tests/sim/contract/environment.hpp"
#include "tests/sim/contract/utf8.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class LaunchTest : public contract::FolderTest {
 protected:
  CommandResult Run(const std::string& line, std::chrono::milliseconds limit = 60s) {
    const auto result = RunCommand(
        {.line = line, .folder = testing::TempDir(), .environment = {"PATH=/usr/bin:/bin"}, .limit = limit});
    EXPECT_TRUE(result.ok());
    return result.ok() ? *result : CommandResult{};
  }
};

TEST_F(LaunchTest, ReportsTheExitCode) {
  EXPECT_EQ(Run("exit 0").exit_code, 0);
  EXPECT_EQ(Run("exit 53").exit_code, 53);
  EXPECT_EQ(Run("/nonexistent/program").exit_code, 127);
  EXPECT_EQ(Run("kill -9 $$").exit_code, -9);
}

TEST_F(LaunchTest, ReproducesTheAgentsProcessAttributes) {
  const std::string line =
      "umask; pwd; readlink /proc/self/fd/0; ls /proc/$$/fd | tr '\\n' ' '; echo; "
      "cut -d' ' -f5,6 /proc/$$/stat; echo $$ $$; readlink /proc/$$/fd/1";
  const CommandResult result = Run(line);
  const auto lines = Split(result.output, '\n');
  ASSERT_GE(lines.size(), 8U) << result.output;
  EXPECT_EQ(lines[0], "[stdout]");
  EXPECT_EQ(lines[1], "0022");
  EXPECT_EQ(lines[2] + "/", testing::TempDir());
  EXPECT_EQ(lines[3], "/dev/null");
  EXPECT_THAT(lines[4], StartsWith("0 1 2 "));
  EXPECT_EQ(lines[5], lines[6]);  // process group and session are the shell's own
  EXPECT_THAT(lines[7], HasSubstr("(deleted)"));
}

TEST_F(LaunchTest, KillsTheWholeGroupAtTheLimit) {
  const std::string pid_file = Path("pid");
  const auto started = std::chrono::steady_clock::now();
  const CommandResult result =
      Run("sleep 60 & echo $! > " + pid_file + "; trap '' TERM; echo said; sleep 60", 2s);
  EXPECT_TRUE(result.timed_out);
  EXPECT_THAT(result.output, HasSubstr("said"));
  EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
  const auto child = ParseUnsigned(Trim(contract::Slurp(pid_file)));
  ASSERT_TRUE(child);
  const std::string stat_file = "/proc/" + std::to_string(*child) + "/stat";
  for (int attempts = 0; attempts < 500; ++attempts) {  // its new parent may reap it a little later
    const auto stat = contract::ReadFile(stat_file);
    if (!stat.ok() || stat->find(") Z ") != std::string::npos) return;
    std::this_thread::sleep_for(10ms);
  }
  FAIL() << "the background child outlived its group";
}

TEST_F(LaunchTest, DoesNotWaitForABackgroundChildThatHoldsTheOutput) {
  EXPECT_EQ(Run("setsid sleep 5 & exit 7", 60s).exit_code, 7);
}

TEST_F(LaunchTest, ReadsOnlyTheFirstWindowOfEachStream) {
  const CommandResult result =
      Run("i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done; echo why >&2");
  EXPECT_THAT(result.output, Not(HasSubstr("line 999")));  // beyond 3200 bytes
  EXPECT_THAT(result.output, Not(HasSubstr("line 0\n")));  // before the window's end
  EXPECT_THAT(result.output, HasSubstr("\n\n[stderr]\nwhy"));
  EXPECT_EQ(contract::CountCharacters(result.output), kOutputWindow);
}

TEST(RenderOutput, SharesTheWindowAsTheAgent) {
  EXPECT_EQ(RenderOutput("a\n", "b\n"), "[stdout]\na\n\n\n[stderr]\nb\n");
  const std::string big(kOutputWindow, 'o');
  const std::string both = RenderOutput(big, big);
  EXPECT_EQ(both, "[stdout]\n" + std::string(1590, 'o') + "\n\n[stderr]\n" + std::string(1590, 'o'));
  EXPECT_EQ(RenderOutput(big, "short"), "[stdout]\n" + std::string(1590 + 1585, 'o') + "\n\n[stderr]\nshort");
  EXPECT_EQ(RenderOutput("short", big), "[stdout]\nshort\n\n[stderr]\n" + std::string(1590 + 1585, 'o'));
  EXPECT_EQ(RenderOutput("", "a\xFF\xC3\xA9"), "[stdout]\n\n\n[stderr]\na\\xff\xC3\xA9");
}

}  // namespace
}  // namespace dockerext::agent_simulator
