// SPDX-License-Identifier: MIT
// Nothing of a guest that is a VM is left behind either: qemu, the disk's nbdkit, network, files.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/guest.hpp"
#include "tests/e2e/suites/guest/leftovers.hpp"

namespace dockerext {
namespace {

using testing::IsSupersetOf;

std::string NamespaceOf(const std::string& process) {
  std::error_code error;
  return std::filesystem::read_symlink(process + "/ns/net", error).string();
}

bool IsNetworkUsed(const std::string& network) {
  for (const auto& item : std::filesystem::directory_iterator("/proc"))
    if (NamespaceOf(item.path().string()) == network) return true;
  return false;
}

std::vector<std::string> ProgramsOf(const std::string& name) {
  std::vector<std::string> programs;
  for (const std::string& process : ProcessesOf(name)) {
    const auto program = guest::ReadText("/proc/" + process.substr(process.find(' ') + 1) + "/comm");
    if (program.ok()) programs.emplace_back(Trim(*program));
  }
  return programs;
}

class GuestVm : public testing::Test {
 protected:
  void SetUp() override {
    if (!Guest::Missing().empty()) GTEST_SKIP() << Guest::Missing();
  }

  static void ExpectNothingLeftOf(const guest::Entry& entry, const std::string& network) {
    ExpectNothingLeft(entry);
    EXPECT_TRUE(WaitUntil([&] { return !IsNetworkUsed(network); })) << network;
  }
};

TEST_F(GuestVm, LeavesNothingBehindWhenItsSupervisorIsKilled) {
  const auto vm = Guest::Boot({.image = Guest::Image::kVm, .up = {"--lose-unflushed"}});
  ASSERT_TRUE(vm.ok()) << vm.error().Message();
  const auto entry = guest::Find(vm->name());
  ASSERT_TRUE(entry.ok()) << entry.error().Message();
  EXPECT_THAT(ProgramsOf(entry->name), IsSupersetOf({"qemu-system-x86", "nbdkit"}));
  const std::string network = NamespaceOf("/proc/" + std::to_string(entry->supervisor.pid));
  kill(entry->supervisor.pid, SIGKILL);
  ExpectNothingLeftOf(*entry, network);
}

TEST_F(GuestVm, LeavesNothingBehindWhenItsBootIsInterrupted) {
  const std::string program = Variable("DX_GUEST");
  const std::string image = Variable(Guest::VariableOf(Guest::Image::kVm).c_str());
  const pid_t command = fork();
  if (command == 0) {
    execl(program.c_str(), "guest", "up", "--image", image.c_str(), "--name", "interrupted-vm",
          "--lose-unflushed", nullptr);
    _exit(127);
  }
  Result<guest::Entry> entry = guest::Find("interrupted-vm");
  WaitUntil([&] {
    entry = guest::Find("interrupted-vm");
    return entry.ok() && ProcessesOf(entry->name).size() > 1;
  });
  ASSERT_TRUE(entry.ok()) << entry.error().Message();
  const std::string network = NamespaceOf("/proc/" + std::to_string(entry->supervisor.pid));
  kill(command, SIGINT);
  EXPECT_EQ(guest::WaitForExit(command), 128 + SIGINT);
  ExpectNothingLeftOf(*entry, network);
}

}  // namespace
}  // namespace dockerext
