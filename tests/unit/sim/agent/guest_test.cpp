// SPDX-License-Identifier: MIT
#include "tests/sim/agent/guest.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// A guest program whose guest is a folder: it prefixes the absolute paths of commands with that folder.
constexpr std::string_view kFakeGuest = R"sh(#!/bin/sh
root=$(dirname "$0")/root
mkdir -p "$root/var/lib"
verb=$1; shift 2
echo "$verb $*" >> "$root/log"
if [ "$verb" = copy ]; then exec cp -p "$1" "$root$2"; fi
shift
program=$1; shift
case $program in /*) program=$root$program ;; esac
for word do shift; case $word in /*) word=$root$word ;; esac; set -- "$@" "$word"; done
exec "$program" "$@"
)sh";

class GuestTest : public contract::FolderTest {
 protected:
  GuestTest() {
    guest_ = {Put("guest", kFakeGuest), "g"};
    Put("x.zip", "zip");
    chmod(Path("guest").c_str(), 0755);
  }

  GuestRun MakeRun(std::string_view harness) {
    const std::string program = Put("harness", "#!/bin/sh\n" + std::string(harness));
    chmod(program.c_str(), 0755);
    return {.harness = program,
            .arguments = {"run", "--wait", "5"},
            .zip = Path("x.zip"),
            .public_text = R"({"a":1})",
            .protected_text = Secret(std::string(R"({"k":"s3cret"})"))};
  }

  // The guest contains nothing but its log and what the harness itself wrote.
  bool IsClean() { return contract::NamesIn(Path("root/var/lib")).empty(); }

  Guest guest_;
};

TEST_F(GuestTest, RunsInsideWithItsFilesAndCleansUp) {
  const auto code =
      RunHarnessInGuest(guest_, MakeRun("d=$(dirname \"$0\")\n"
                                        "echo \"$*\" > \"$d/../../../words\"\n"
                                        "stat -c '%a %n' \"$d\" \"$d\"/* > \"$d/../../../modes\"\n"
                                        "cat \"$d/protected.json\" > \"$d/../../../secret\"\n"
                                        "exit 4\n"));
  ASSERT_OK(code);
  EXPECT_EQ(*code, 4);
  EXPECT_THAT(contract::Slurp(Path("root/words")), HasSubstr("run --wait 5 --here --zip "));
  EXPECT_EQ(contract::Slurp(Path("root/secret")), R"({"k":"s3cret"})");
  EXPECT_THAT(contract::Slurp(Path("root/modes")),
              testing::MatchesRegex("700 [^\n]*\n.*600 [^\n]*/protected.json\n.*"));
  EXPECT_THAT(contract::Slurp(Path("root/log")), Not(HasSubstr("s3cret")));
  EXPECT_TRUE(IsClean());
}

TEST_F(GuestTest, CleansUpWhenACopyFails) {
  GuestRun run = MakeRun("exit 0\n");
  run.zip = Path("missing.zip");
  const auto code = RunHarnessInGuest(guest_, run);
  EXPECT_THAT(code.error().Message(), HasSubstr("exited with"));
  EXPECT_TRUE(IsClean());
}

TEST_F(GuestTest, CleansUpWhenItIsInterrupted) {
  const GuestRun run = MakeRun("touch \"$(dirname \"$0\")/../../../started\"\nexec sleep 60\n");
  const pid_t child = fork();
  if (child == 0) {
    const auto code = RunHarnessInGuest(guest_, run);
    _exit(code.ok() ? *code : 1);
  }
  for (int attempts = 0; attempts < 3000 && !contract::Exists(Path("root/started")); ++attempts)
    std::this_thread::sleep_for(10ms);
  const auto interrupted_at = std::chrono::steady_clock::now();
  kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_LT(std::chrono::steady_clock::now() - interrupted_at, 30s);  // well before its `sleep 60` ends
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGTERM);
  EXPECT_TRUE(IsClean());
}

TEST(OwnStaticProgramTest, RejectsADynamicallyLinkedBuild) {
  EXPECT_THAT(OwnStaticProgram().error().Message(), HasSubstr("not statically linked"));
}

}  // namespace
}  // namespace dockerext::agent_simulator
