// SPDX-License-Identifier: MIT
// What every end-to-end test relies on: guests are isolated machines, and nothing of them is left behind.
#include "tests/e2e/guest/guest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/registry.hpp"
#include "tests/e2e/suites/guest/leftovers.hpp"

namespace dockerext {
namespace {

using guest::Entry;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

#define ASSERT_OK_AND(declaration, ...)                                                         \
  auto DX_JOIN(result_, __LINE__) = (__VA_ARGS__);                                              \
  ASSERT_TRUE(DX_JOIN(result_, __LINE__).ok()) << DX_JOIN(result_, __LINE__).error().Message(); \
  declaration = *std::move(DX_JOIN(result_, __LINE__))
#define ASSERT_OK(...)                                      \
  do {                                                      \
    const auto outcome = (__VA_ARGS__);                     \
    ASSERT_TRUE(outcome.ok()) << outcome.error().Message(); \
  } while (false)

std::string SkipReason() {
  const std::string missing = Guest::Missing();
  return missing.empty() || std::getenv("DX_CI") == nullptr ? missing : "";
}

// A separate guest per test.
class OwnGuest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = SkipReason(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

// One guest shared by tests that do not change it for each other.
class SharedGuest : public OwnGuest {
 protected:
  void SetUp() override {
    OwnGuest::SetUp();
    if (IsSkipped() || guest_.has_value()) return;
    auto booted = Guest::Boot();
    ASSERT_TRUE(booted.ok()) << booted.error().Message();
    guest_.emplace(*std::move(booted));
  }
  static void TearDownTestSuite() { guest_.reset(); }

  static std::optional<Guest> guest_;
};
std::optional<Guest> SharedGuest::guest_;

// The command's output if it exits with 0, a description of the failure otherwise.
std::string OutputOf(const Guest& guest, const Guest::Arguments& argv) {
  const auto output = guest.Exec(argv);
  if (!output.ok()) return "error: " + output.error().Message();
  if (output->exit_code != 0) return "exit " + std::to_string(output->exit_code) + ": " + output->err;
  return std::string(Trim(output->out));
}

// Uses a connection of bash, which every machine has.
Guest::Arguments Fetch(const std::string& address, const std::string& port) {
  const std::string script = "exec 3<>/dev/tcp/$0/$1 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3";
  return {"bash", "-c", script, address, port};
}

std::string FirstDocument(const Guest& guest) {
  const auto output = guest.Client(Fetch(guest.address(), "80"));
  return output.ok() ? output->out + output->err : output.error().Message();
}

TEST_F(SharedGuest, IsARunningMachineWithoutDocker) {
  EXPECT_EQ(OutputOf(*guest_, {"systemctl", "is-system-running"}), "running");
  EXPECT_EQ(OutputOf(*guest_, {"hostname"}), guest_->name());
  EXPECT_EQ(OutputOf(*guest_, {"sh", "-c", "command -v dockerd containerd runc iptables; true"}), "");
  EXPECT_EQ(OutputOf(*guest_, {"cat", "/proc/1/comm"}), "systemd");
}

TEST_F(SharedGuest, PassesInputToACommandAndReportsItsExit) {
  ASSERT_OK_AND(const auto echoed,
                guest_->Exec({"sh", "-c", "cat; echo problem >&2; exit 7"}, {.input = "hello"}));
  EXPECT_EQ(echoed.exit_code, 7);
  EXPECT_EQ(echoed.out, "hello");
  EXPECT_EQ(echoed.err, "problem\n");
  ASSERT_OK_AND(const auto killed, guest_->Exec({"sh", "-c", "kill -9 $$"}));
  EXPECT_EQ(killed.exit_code, 137);
  ASSERT_OK_AND(const auto absent, guest_->Exec({"/no/such/program"}));
  EXPECT_EQ(absent.exit_code, 127);
}

TEST_F(SharedGuest, GivesACommandACleanEnvironment) {
  ASSERT_OK_AND(const auto output, guest_->Exec({"env"}, {.environment = {"FRUIT=a = b"}}));
  EXPECT_THAT(Split(Trim(output.out), '\n'),
              UnorderedElementsAre("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                   "LANG=C.UTF-8", "HOME=/root", "FRUIT=a = b"));
}

TEST_F(SharedGuest, KillsACommandAfterItsTimeLimit) {
  const auto output = guest_->Exec({"sleep", "4321"}, {.budget = std::chrono::seconds(1)});
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, Code::kTimeout);
  EXPECT_THAT(OutputOf(*guest_, {"ps", "ax"}), Not(HasSubstr("sleep 4321")));
}

TEST_F(SharedGuest, CannotSetTheClockOfThisMachine) {
  ASSERT_OK_AND(const auto entered, guest_->Exec({"date", "-s", "now"}));
  EXPECT_THAT(entered.err, HasSubstr("Operation not permitted"));
  ASSERT_OK_AND(const auto service, guest_->Exec({"systemd-run", "--wait", "--quiet", "date", "-s", "now"}));
  EXPECT_EQ(service.exit_code, 1);
}

TEST_F(SharedGuest, IsReachedFromTheOtherHostAndReachesNothingElse) {
  ASSERT_EQ(OutputOf(*guest_, {"mkdir", "/srv/www"}), "");
  ASSERT_OK(guest_->WriteFile("/srv/www/index.html", "from the guest", 0644_mode));
  ASSERT_EQ(OutputOf(*guest_, {"busybox", "httpd", "-p", "80", "-h", "/srv/www"}), "");
  EXPECT_THAT(FirstDocument(*guest_), HasSubstr("from the guest"));

  ASSERT_OK_AND(const auto beyond,
                guest_->Exec(Fetch("203.0.113.1", "80"), {.budget = std::chrono::seconds(10)}));
  EXPECT_THAT(beyond.err, HasSubstr("No route to host"));
  ASSERT_OK_AND(const auto links, guest_->Client({"ip", "-o", "link"}));
  EXPECT_EQ(Split(Trim(links.out), '\n').size(), 2U) << links.out;
  ASSERT_OK_AND(const auto route, guest_->Client({"ip", "route", "get", "203.0.113.1"}));
  EXPECT_NE(route.exit_code, 0) << route.out;
}

TEST_F(SharedGuest, ResolvesSymlinksOfAPathInTheGuest) {
  ASSERT_EQ(OutputOf(*guest_, {"ln", "-s", "/opt", "/root/link"}), "");
  ASSERT_OK(guest_->WriteFile("/root/link/file", std::string("a\0b", 3), 0640_mode));
  EXPECT_EQ(OutputOf(*guest_, {"stat", "-c", "%a %s %U", "/opt/file"}), "640 3 root");
  ASSERT_OK_AND(const std::string read, guest_->ReadFile("/opt/file"));
  EXPECT_EQ(read, std::string("a\0b", 3));
  EXPECT_FALSE(guest_->ReadFile("/no/such/file").ok());

  const std::string archive = Variable("DX_GUEST_IMAGE") + "/image.tar";
  ASSERT_OK(guest_->Copy(archive, "/root/link"));
  ASSERT_OK_AND(const std::string root, guest_->Root());
  EXPECT_EQ(std::filesystem::file_size(root + "/opt/image.tar"), std::filesystem::file_size(archive));
}

TEST_F(OwnGuest, IsIsolatedFromAnotherGuest) {
  ASSERT_OK_AND(const Guest one, Guest::Boot());
  ASSERT_OK_AND(const Guest two, Guest::Boot());
  ASSERT_OK(one.WriteFile("/root/who", "one", 0600_mode));
  ASSERT_OK(two.WriteFile("/root/who", "two", 0600_mode));
  EXPECT_EQ(OutputOf(one, {"cat", "/root/who"}), "one");
  EXPECT_EQ(OutputOf(two, {"cat", "/root/who"}), "two");
  EXPECT_NE(OutputOf(one, {"cat", "/etc/machine-id"}), OutputOf(two, {"cat", "/etc/machine-id"}));
  EXPECT_EQ(one.address(), two.address());
  EXPECT_EQ(OutputOf(one, {"systemctl", "is-system-running"}), "running");
  EXPECT_EQ(OutputOf(two, {"systemctl", "is-system-running"}), "running");
}

TEST_F(OwnGuest, KeepsItsFilesAcrossARebootAndAPowerCut) {
  ASSERT_OK_AND(const Guest guest, Guest::Boot());
  ASSERT_OK(guest.WriteFile("/root/kept", "kept", 0600_mode));
  const std::string first = OutputOf(guest, {"cat", "/proc/sys/kernel/random/boot_id"});
  ASSERT_OK(guest.Reboot());
  const std::string second = OutputOf(guest, {"cat", "/proc/sys/kernel/random/boot_id"});
  ASSERT_OK(guest.PowerCut());
  const std::string third = OutputOf(guest, {"cat", "/proc/sys/kernel/random/boot_id"});
  EXPECT_THAT((std::vector{second, third}), testing::Each(Not(first)));
  EXPECT_NE(second, third);
  EXPECT_EQ(OutputOf(guest, {"cat", "/root/kept"}), "kept");
  EXPECT_EQ(OutputOf(guest, {"systemctl", "is-system-running"}), "running");
}

TEST_F(OwnGuest, InstallsDockerOfflineAndServesItToTheOtherHost) {
  ASSERT_OK_AND(const Guest guest, Guest::Boot());
  const std::string image = Variable("DX_GUEST_IMAGE");
  ASSERT_EQ(OutputOf(guest, {"apt-get", "update", "-qq"}), "");
  ASSERT_THAT(OutputOf(guest, {"apt-get", "install", "-y", "docker.io"}), HasSubstr("Setting up docker.io"));
  ASSERT_OK(guest.Copy(image + "/image.tar", "/root"));
  ASSERT_THAT(OutputOf(guest, {"docker", "import", "/root/image.tar", "busybox"}), StartsWith("sha256:"));
  EXPECT_EQ(OutputOf(guest, {"docker", "run", "--rm", "busybox", "echo", "from a container"}),
            "from a container");

  ASSERT_EQ(OutputOf(guest, {"mkdir", "/etc/systemd/system/docker.service.d"}), "");
  ASSERT_OK(guest.WriteFile(
      "/etc/systemd/system/docker.service.d/tcp.conf",
      "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2375\n", 0644_mode));
  ASSERT_EQ(OutputOf(guest, {"systemctl", "daemon-reload"}), "");
  ASSERT_EQ(OutputOf(guest, {"systemctl", "restart", "docker"}), "");
  ASSERT_OK_AND(const auto run,
                guest.Client({image + "/client/usr/bin/docker", "-H", "tcp://192.0.2.2:2375", "run", "-d",
                              "-p", "80:80", "busybox", "httpd", "-f", "-h", "/etc"}));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(FirstDocument(guest), HasSubstr("404 Not Found"));

  ASSERT_OK_AND(const Entry entry, guest::Find(guest.name()));
  kill(entry.supervisor.pid, SIGKILL);
  ExpectNothingLeft(entry);
}

// The processes of a guest to kill.
struct Victims {
  std::string name;
  std::vector<guest::ProcessId Entry::*> processes;
  friend void PrintTo(const Victims& victims, std::ostream* out) { *out << victims.name; }
};

class KilledGuest : public OwnGuest, public testing::WithParamInterface<Victims> {};

TEST_P(KilledGuest, LeavesNothingBehind) {
  ASSERT_OK_AND(const Guest guest, Guest::Boot());
  ASSERT_OK_AND(const Entry entry, guest::Find(guest.name()));
  ASSERT_THAT(ProcessesOf(guest.name()), Not(IsEmpty()));
  for (const auto process : GetParam().processes) kill((entry.*process).pid, SIGKILL);
  if (GetParam().processes.size() > 1) {
    // The guest dies with the supervisor; the next reader of the registry removes its files and cgroups.
    EXPECT_TRUE(WaitUntil([&] { return ProcessesOf(entry.name).empty(); }));
    ASSERT_OK(guest::List());
  }
  ExpectNothingLeft(entry);
}

INSTANTIATE_TEST_SUITE_P(OfItsProcesses, KilledGuest,
                         testing::Values(Victims{"Supervisor", {&Entry::supervisor}},
                                         Victims{"Keeper", {&Entry::keeper}},
                                         Victims{"Leader", {&Entry::leader}},
                                         Victims{"Both", {&Entry::keeper, &Entry::supervisor}}),
                         [](const auto& chosen) { return chosen.param.name; });

TEST_F(OwnGuest, IsRemovedWhenItsOwnerExits) {
  const pid_t owner = fork();
  if (owner == 0) {
    pause();
    _exit(0);
  }
  ASSERT_OK_AND(const auto up,
                guest::Run({.argv = {Variable("DX_GUEST"), "up", "--image", Variable("DX_GUEST_IMAGE"),
                                     "--owner", std::to_string(owner)}}));
  const Result<Entry> entry = guest::Find(Split(up.out, ' ').front());
  kill(owner, SIGKILL);
  guest::WaitForExit(owner);
  ASSERT_TRUE(entry.ok()) << up.err;
  ExpectNothingLeft(*entry);
}

TEST_F(OwnGuest, IsRemovedWhenTheCommandIsInterruptedDuringTheBoot) {
  const pid_t command = fork();
  if (command == 0) {
    execl(Variable("DX_GUEST").c_str(), "guest", "up", "--image", Variable("DX_GUEST_IMAGE").c_str(),
          "--name", "interrupted", nullptr);
    _exit(127);
  }
  Result<Entry> entry = guest::Find("interrupted");
  WaitUntil([&] {
    entry = guest::Find("interrupted");
    return entry.ok() && !guest::ProcessesIn(entry->cgroups.back()).empty();
  });
  kill(command, SIGINT);
  EXPECT_EQ(guest::WaitForExit(command), 128 + SIGINT);
  ASSERT_TRUE(entry.ok()) << entry.error().Message();
  ExpectNothingLeft(*entry);
}

}  // namespace
}  // namespace dockerext
