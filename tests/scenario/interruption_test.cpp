// SPDX-License-Identifier: MIT
// Workers are killed, and the disk becomes full, at every change that an operation makes.
#include <gmock/gmock.h>

#include <utility>

#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/operation_store.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {
namespace {

using testing::IsEmpty;

constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";
constexpr const char* kPort5000 = R"({"docker": {"port": 5000}})";

const std::vector<std::string> kExtensionFolders = {"/etc/docker", "/etc/systemd"};

// Temporary files of writes that were killed.
std::vector<std::string> Unfinished(const FakeMachine& vm) {
  std::vector<std::string> unfinished;
  for (const std::string& line : vm.Tree()) {
    const bool is_for_this_boot = line.starts_with("/run/");
    if (!is_for_this_boot && line.find("/.") != std::string::npos) unfinished.push_back(line);
  }
  return unfinished;
}

std::uint16_t PortIn(const std::vector<std::string>& argv) {
  const auto endpoint = EndpointOf(argv);
  return endpoint ? endpoint->port : std::uint16_t{0};
}

// No port is open that was not verified, the engine runs, the status is final, and the next enable converges.
void ExpectConsistentAndConverging(FakeMachine& vm, std::uint64_t sequence, const std::string& where) {
  SCOPED_TRACE(where);
  EXPECT_NE(vm.StatusOf(sequence).level, StatusLevel::kTransitioning);
  if (vm.docker.port() != 0) {
    ASSERT_TRUE(LoadLedger(vm.files).ok());
    EXPECT_EQ(vm.LastKnownGoodEndpoint().port, vm.docker.port());
  }
  EXPECT_TRUE(vm.docker.running() || !vm.docker.installed());
  vm.Run("enable");
  EXPECT_EQ(vm.StatusOf(sequence).level, StatusLevel::kSuccess) << vm.StatusOf(sequence).message;
  EXPECT_THAT(Unfinished(vm), IsEmpty());
}

TEST(Interruption, AWorkerKilledAtAnyChangeOfAFirstEnableLeavesAConsistentVm) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  FakeMachine reference;
  reference.Set(0, kPort4243, FakeMachine::Certs(credentials));
  reference.RunVerb("enable");
  const int before = reference.files.changes;
  reference.Drain();
  const int all = reference.files.changes - before;
  ASSERT_GT(all, 15);
  for (int at = 1; at <= all; ++at) {
    FakeMachine vm;
    vm.Set(0, kPort4243, FakeMachine::Certs(credentials));
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    ExpectConsistentAndConverging(vm, 0, "killed before change " + std::to_string(at));
    EXPECT_EQ(vm.docker.port(), 4243);
    EXPECT_EQ(vm.files.Tree(kExtensionFolders), reference.files.Tree(kExtensionFolders));
  }
}

TEST(Interruption, AWorkerKilledAtAnyChangeOfAPortChangeLeavesTheOldOrTheNewPort) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  const std::string certs = FakeMachine::Certs(credentials);
  for (int at = 1; at <= 60; ++at) {
    FakeMachine vm;
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    vm.Set(1, kPort5000, certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    const bool was_killed = !vm.files.kill_at_change.has_value();
    vm.files.kill_at_change.reset();
    EXPECT_TRUE(vm.docker.port() == 4243 || vm.docker.port() == 5000) << vm.docker.port();
    ExpectConsistentAndConverging(vm, 1, "killed before change " + std::to_string(at));
    if (!was_killed) break;
  }
}

// The worker may be killed during the rollback too.
TEST(Interruption, AWorkerKilledAtAnyChangeOfAFailingEnableLeavesTheOldPort) {
  const TestCredentials credentials = MakeCredentials(FakeClock().UtcNow());
  const std::string certs = FakeMachine::Certs(credentials);
  bool was_killed = true;
  for (int at = 1; was_killed; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine vm;
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    const auto before = vm.files.Tree(kExtensionFolders);
    vm.docker.fails_to_start = [](const auto& argv) { return PortIn(argv) == 5000; };
    vm.Set(1, kPort5000, certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    was_killed = !vm.files.kill_at_change.has_value();
    EXPECT_EQ(vm.docker.port(), 4243);
    EXPECT_EQ(vm.files.Tree(kExtensionFolders), before);
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError);
    ASSERT_LT(at, 60);
  }
}

TEST(Interruption, AWorkerKilledWhileItRollsBackAFirstEnableLeavesNoPort) {
  const std::string certs = FakeMachine::Certs(MakeCredentials(FakeClock().UtcNow()));
  bool was_killed = true;
  for (int at = 1; was_killed; ++at) {
    SCOPED_TRACE("killed before change " + std::to_string(at));
    FakeMachine vm;
    vm.docker.InstallPackage();
    vm.docker.fails_to_start = [](const auto& argv) { return PortIn(argv) != 0; };
    vm.Set(0, kPort4243, certs);
    vm.RunVerb("enable");
    vm.files.kill_at_change = vm.files.changes + at;
    vm.Drain();
    was_killed = !vm.files.kill_at_change.has_value();
    EXPECT_EQ(vm.docker.port(), 0);
    EXPECT_FALSE(vm.files.Has(DropInPath()));
    EXPECT_TRUE(vm.docker.running());
    EXPECT_EQ(vm.StatusOf(0).level, StatusLevel::kError);
    ASSERT_LT(at, 60);
  }
}

TEST(Interruption, AFullDiskAtAnyWriteLeavesTheOldPort) {
  const std::string certs = FakeMachine::Certs(MakeCredentials(FakeClock().UtcNow()));
  FakeMachine reference;
  reference.Set(0, kPort4243, certs);
  reference.Run("enable");
  reference.files.changed_paths.clear();
  reference.Set(1, kPort5000, certs);
  reference.Run("enable");
  for (const std::string& path : reference.files.changed_paths) {
    if (path.find("/status/") != std::string::npos || path.find("/run/") != std::string::npos) continue;
    FakeMachine vm;
    vm.Set(0, kPort4243, certs);
    vm.Run("enable");
    vm.Set(1, kPort5000, certs);
    vm.files.failing_paths = {path};
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kError) << path;
    EXPECT_EQ(vm.docker.port(), 4243) << path;
    vm.files.failing_paths.clear();
    vm.Run("enable");
    EXPECT_EQ(vm.StatusOf(1).level, StatusLevel::kSuccess) << path;
    EXPECT_EQ(vm.docker.port(), 5000);
  }
}

}  // namespace
}  // namespace dockerext
