// SPDX-License-Identifier: MIT
// The pure parts of the guest supervisor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/e2e/guest/arguments.hpp"
#include "tests/e2e/guest/background.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/clock.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/nspawn.hpp"
#include "tests/e2e/guest/qemu.hpp"
#include "tests/e2e/guest/registry.hpp"
#include "tests/e2e/guest/ssh.hpp"

namespace dockerext::guest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseHierarchies, FindsAllHierarchiesOfAHybridMachine) {
  const auto found = ParseHierarchies(
      "31 20 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
      "33 31 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
      "34 31 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
      "5:cpu,cpuacct:/jobs/7\n4:pids:/\n1:name=systemd:/\n0::/\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].folder, "/sys/fs/cgroup/cpu,cpuacct/jobs/7");
  EXPECT_FALSE(found[0].is_mount_point || found[0].is_v2);
  EXPECT_EQ(found[1].folder, "/sys/fs/cgroup/systemd");
  EXPECT_EQ(found[2].folder, "/sys/fs/cgroup/unified");
  EXPECT_TRUE(found[2].is_mount_point && found[2].is_v2);
}

TEST(ParseHierarchies, FindsTheOnlyHierarchyOfAPureV2Machine) {
  const auto found =
      ParseHierarchies("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
                       "0::/user.slice/user-0.slice/session-3.scope\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].folder, "/sys/fs/cgroup/user.slice/user-0.slice/session-3.scope");
  EXPECT_TRUE(found[0].is_v2 && !found[0].is_mount_point);
}

TEST(ParseHierarchies, ResolvesAMountOfASubtreeFromItsRoot) {
  const auto found =
      ParseHierarchies("30 23 0:26 /box /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n", "3:pids:/box/a\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].folder, "/sys/fs/cgroup/pids/a");
}

TEST(ParseClock, ReadsADistanceAndADate) {
  constexpr std::time_t kNow = 1'800'000'000;  // 2027-01-15T08:00:00
  EXPECT_EQ(*ParseClock("+400d", kNow), 400 * 86400);
  EXPECT_EQ(*ParseClock("-90s", kNow), -90);
  EXPECT_EQ(*ParseClock("2027-01-16", kNow), 16 * 3600);
  EXPECT_EQ(*ParseClock("1970-01-01", kNow), -kNow);
  for (const char* wrong : {"", "400d", "+d", "+4w", "2027-01", "2027-01-16x", "+9999999999d"}) {
    EXPECT_FALSE(ParseClock(wrong, kNow).ok()) << wrong;
  }
  EXPECT_EQ(RenderClock(kNow), "2027-01-15T08:00:00");
}

TEST(ShellLine, KeepsEveryWordAsItIs) {
  EXPECT_EQ(ShellLine({"echo", "it's", "$HOME", ""}), R"('echo' 'it'\''s' '$HOME' '')");
}

TEST(QemuArgv, TakesTheDiskAndTheStateThatTheOptionsSay) {
  Entry entry;
  entry.name = "vm";
  entry.image = "/images/vm";
  entry.folder = "/images/run/vm";
  EXPECT_EQ(BackingDiskOf(entry).path, "/images/vm/disk.raw");
  EXPECT_THAT(QemuArgv(entry), testing::Contains(HasSubstr("/images/run/vm/disk.qcow2")));
  EXPECT_THAT(QemuArgv(entry), testing::Not(testing::Contains("-incoming")));
  entry.vm = {.loses_unflushed = true, .saved_state = "/images/vm/saved-1"};
  EXPECT_EQ(BackingDiskOf(entry).path, "/images/vm/saved-1/disk.qcow2");
  EXPECT_THAT(QemuArgv(entry), testing::Contains(HasSubstr(kDiskSocket)));
  EXPECT_THAT(QemuArgv(entry), testing::Contains(HasSubstr("/images/vm/saved-1/state.zst")));
}

TEST(QemuArgv, EmulatesTheMachineOfTheImage) {
  Entry entry;
  entry.image = testing::TempDir() + "/dx-image-of-arm64-" + std::to_string(getpid());
  EXPECT_THAT(QemuArgv(entry), testing::IsSupersetOf({"pc", "qemu64"}));
  ASSERT_TRUE(MakeFolder(entry.image).ok());
  ASSERT_TRUE(WriteText(entry.image + "/machine", "aarch64\n").ok());
  EXPECT_THAT(QemuArgv(entry), testing::IsSupersetOf({"virt", "cortex-a57"}));
  EXPECT_THAT(QemuArgv(entry), testing::Contains(HasSubstr("console=ttyAMA0")));
  EXPECT_EQ(ProbeAccelerator(entry.image), "tcg");
  EXPECT_TRUE(RemoveTree(entry.image).ok());
}

// There is KVM that runs the firmware, and no kernel.
TEST(ProbeAccelerator, FindsNoKvmThatDoesNotRunTheKernelOfTheImage) {
  const std::string image = testing::TempDir() + "/dx-image-without-kernel-" + std::to_string(getpid());
  ASSERT_TRUE(MakeFolder(image).ok());
  ASSERT_TRUE(WriteText(image + "/machine", "x86_64\n").ok());
  ASSERT_TRUE(WriteText(image + "/kernel", "").ok());
  EXPECT_EQ(ProbeAccelerator(image), "tcg");
  EXPECT_TRUE(RemoveTree(image).ok());
}

TEST(Entry, SurvivesARoundTrip) {
  Entry entry;
  entry.name = "guest-1";
  entry.image = "/images/a=b";
  entry.folder = "/images/run/guest-1";
  entry.cgroups = {"/sys/fs/cgroup/pids/x", "/sys/fs/cgroup/unified/x"};
  entry.since = 77;
  entry.keeper = {10, 1000};
  entry.supervisor = {11, 1001};
  const auto read = ParseEntry(RenderEntry(entry));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(RenderEntry(*read), RenderEntry(entry));
  EXPECT_EQ(read->supervisor, (ProcessId{11, 1001}));
  EXPECT_EQ(read->leader, ProcessId{});
}

TEST(Entry, IsRejectedIfItCouldNameAnotherFolder) {
  EXPECT_FALSE(ParseEntry("name=../x\nfolder=/tmp\n").ok());
  EXPECT_FALSE(ParseEntry("name=x\nfolder=\n").ok());
}

TEST(ParseNotification, ReadsTheLeaderAndReadiness) {
  EXPECT_EQ(ParseNotification("X_NSPAWN_LEADER_PID=4711\nSTATUS=Container running.").leader, 4711);
  EXPECT_TRUE(ParseNotification("READY=1\nSTATUS=x").ready);
  EXPECT_FALSE(ParseNotification("STATUS=READY=1").ready);
}

TEST(ParseArguments, PassesACommandThroughUnchanged) {
  const std::array<std::string, 6> line{"g1", "--env", "A=--", "--", "ls", "--env"};
  const std::array<std::string_view, 1> accepted{"--env="};
  const auto parsed = ParseArguments(line, accepted);
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(parsed->positional, ElementsAre("g1"));
  EXPECT_THAT(parsed->command, ElementsAre("ls", "--env"));
  EXPECT_EQ(parsed->Last("--env"), "A=--");
}

TEST(ParseArguments, RejectsUnknownAndIncompleteOptions) {
  const std::array<std::string_view, 1> accepted{"--name="};
  const std::array<std::string, 1> unknown{"--nmae"};
  EXPECT_THAT(ParseArguments(unknown, accepted).error().Message(), HasSubstr("'--nmae'"));
  const std::array<std::string, 1> unfinished{"--name"};
  EXPECT_THAT(ParseArguments(unfinished, accepted).error().Message(), HasSubstr("needs a value"));
}

constexpr std::chrono::seconds kBudget{10};

TEST(Background, RunsUntilItsInputEnds) {
  auto program = Background::Start({"/bin/sh", "-c", "echo ready; cat; echo ended"});
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(*program->ReadLine(kBudget), "ready");
  EXPECT_EQ(program->ReadLine(std::chrono::milliseconds(50)).error().code, Code::kTimeout);
  EXPECT_EQ(*program->Finish(kBudget), "ended\n");
}

TEST(Background, EndsWithItsOwner) {
  ProcessId shell;
  {
    auto program = Background::Start({"/bin/sh", "-c", "echo $$; cat"});
    ASSERT_TRUE(program.ok());
    shell = *Identify(std::stoi(*program->ReadLine(kBudget)));
    EXPECT_TRUE(IsAlive(shell));
  }
  EXPECT_FALSE(IsAlive(shell));
}

}  // namespace
}  // namespace dockerext::guest
