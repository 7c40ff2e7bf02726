// SPDX-License-Identifier: MIT
// A power cut that loses what was not flushed, at twelve moments of a first enable, a change, a disable, an
// update and an uninstall. After each boot no anonymous client is answered and no file of the extension is
// half written, and the next enable leaves the VM as one without a power cut. Each prints a line for the
// table of scripts/dev soak.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/handler/anonymous_clients.hpp"
#include "tests/e2e/suites/handler/fault_injection_vm.hpp"

namespace dockerext {
namespace {

using testing::IsEmpty;

using Clock = std::chrono::steady_clock;

constexpr std::uint16_t kPort = 4243;
constexpr std::uint16_t kOtherPort = 5000;

const std::string kDropIn = "/etc/systemd/system/docker.service.d/zz-docker-extension.conf";

struct Moment {
  std::string name;
  Vm::Args command;   // of the harness, which the cut ends
  std::string shown;  // a condition of the VM's shell, true from this moment on
  Vm::Args next;      // the next enable
  std::uint16_t port = kPort;
  bool has_ended = false;  // the command; what the cut ends goes on in the background
};

bool IsWholePem(const std::string& text) {
  return text.starts_with("-----BEGIN ") && Trim(text).ends_with("-----");
}

// The extension's files, without temporary ones, that are not as a whole write leaves them.
std::vector<std::string> HalfWrittenFiles(const Vm& vm) {
  const std::string found = vm.Shell(
      "find /var/lib/docker-extension /etc/docker /etc/systemd/system/docker.service.d "
      "/etc/systemd/system/docker-extension* -type f ! -path '*/.*' ! -name docker-extension 2>/dev/null; "
      "true");
  std::vector<std::string> half;
  for (const std::string& path : Split(found, '\n')) {
    if (path.empty()) continue;
    const auto text = vm.guest().ReadFile(path);
    const bool is_whole = text.ok() && !text->empty() &&
                          (!path.ends_with(".json") || nlohmann::json::accept(*text)) &&
                          (!path.ends_with(".pem") || IsWholePem(*text));
    if (!is_whole) half.push_back(path);
  }
  return half;
}

// A program's folder has the first digits of its checksum as its name.
std::string HalfWrittenPrograms(const Vm& vm) {
  return vm.Shell(
      "for folder in /var/lib/docker-extension/bin/*/; do [ -e $folder/docker-extension ] || continue; "
      "case $(sha256sum <$folder/docker-extension) in $(basename $folder)*) ;; *) echo $folder ;; esac; "
      "done");
}

std::string StateOf(const Vm& vm) {
  const std::string engine = vm.Shell(
      "status=$(dpkg-query -W -f '${db:Status-Status}' docker.io 2>/dev/null || echo not-installed); "
      "echo docker.io $status, dockerd $(systemctl is-active docker.service)");
  std::string open;
  for (const std::uint16_t port : {kPort, kOtherPort})
    if (vm.IsOpen(port)) open += ", " + std::to_string(port) + " for clients with a certificate";
  return engine + (open.empty() ? ", no port" : open);
}

// Without the content of what netbase's script writes once, without waiting for the disk.
std::string StableTree(const Vm& vm) {
  auto lines = Split(ComparableTree(vm), '\n');
  std::erase_if(lines, [](const std::string& line) { return line.ends_with("  /etc/networks"); });
  return Join(lines, "\n");
}

class PowerCuts : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!Vm::Missing().empty()) return;
    serving_.emplace(BootVm());
    ASSERT_EQ(serving().Harness({"run"}).exit_code, 0);
    trees_[kPort] = StableTree(serving());
  }
  static void TearDownTestSuite() { serving_.reset(); }
  void SetUp() override {
    if (!Vm::Missing().empty()) GTEST_SKIP() << Vm::Missing();
    ASSERT_TRUE(serving_.has_value());
  }

  static Vm& serving() { return *serving_; }
  // A VM without Docker, for the same clients: the settings are those of the one that serves.
  static Vm FreshVm() {
    Vm vm = BootVm();
    std::filesystem::copy(serving().credentials(), vm.credentials());
    return vm;
  }
  // An enable without a power cut.
  static void MeasureTree(std::uint16_t port) {
    EXPECT_EQ(serving().Harness({"enable", "--port", std::to_string(port)}).exit_code, 0);
    trees_[port] = StableTree(serving());
  }
  static void CutAndConverge(const Vm& vm, const Moment& moment);

 private:
  static Vm BootVm() {
    auto booted = Vm::Boot({.image = Guest::Image::kVm, .up = {"--lose-unflushed"}});
    EXPECT_TRUE(booted.ok()) << booted.error().Message();
    return *std::move(booted);
  }
  static Result<AnonymousClients> CutAt(const Vm& vm, const Moment& moment);

  static inline std::optional<Vm> serving_;
  static inline std::map<std::uint16_t, std::string> trees_;
};

// Returns when the VM has booted again. The clients try its ports from the first moment of the boot on.
Result<AnonymousClients> PowerCuts::CutAt(const Vm& vm, const Moment& moment) {
  auto command = std::async(std::launch::async, [&] { return vm.Harness(moment.command).exit_code; });
  vm.Await(moment.shown, 300);
  auto cut = std::async(std::launch::async, [&] { return vm.guest().PowerCut(); });
  auto clients = AnonymousClients::Begin(vm);
  const Status booted = cut.get();
  EXPECT_TRUE(booted.ok()) << booted.error().Message();
  EXPECT_EQ(command.get() == 0, moment.has_ended) << "the command had finished, or had not";
  return clients;
}

void PowerCuts::CutAndConverge(const Vm& vm, const Moment& moment) {
  SCOPED_TRACE(moment.name);
  const auto failures = [] {
    return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  };
  const int before = failures();
  auto clients = CutAt(vm, moment);
  ASSERT_TRUE(clients.ok()) << clients.error().Message();
  const std::string state = StateOf(vm);
  EXPECT_THAT(HalfWrittenFiles(vm), IsEmpty());
  EXPECT_EQ(HalfWrittenPrograms(vm), "");
  const auto begun = Clock::now();
  EXPECT_EQ(vm.Harness(moment.next).exit_code, 0);
  const auto converged = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun);
  vm.ExpectServing(moment.port);
  const auto answers = clients->Stop();
  EXPECT_EQ(answers.ok() ? *answers : answers.error().Message(), "");
  EXPECT_THAT(Differences(trees_[moment.port], StableTree(vm)), IsEmpty());
  const bool passed = failures() == before;
  if (!passed) vm.KeepEvidence("power-cut");
  std::cout << "power cut at " << moment.name << ": after the boot " << state
            << ", stranger: " << (answers.ok() && answers->empty() ? "closed" : "ANSWERED")
            << ", next enable: " << converged.count() << " s, " << (passed ? "same tree" : "FAILED")
            << std::endl;
}

// disable closed the port and removed the TLS files and live-restore.
TEST_F(PowerCuts, AnEnableConvergesAfterOneInItsWrites) {
  for (const auto& [name, shown] : std::vector<std::pair<std::string, std::string>>{
           {"an enable, the TLS files are being written", "ls -A /etc/docker/docker-extension | grep tls-"},
           {"an enable, live-restore is written", "grep live-restore /etc/docker/daemon.json"}}) {
    EXPECT_EQ(serving().Harness({"disable"}).exit_code, 0);
    CutAndConverge(serving(), {name, {"enable"}, shown, {"enable"}});
  }
}

TEST_F(PowerCuts, AChangeOfThePortConvergesAfterOne) {
  MeasureTree(kOtherPort);
  std::uint16_t port = kPort;
  for (const auto& [name, shown] : std::vector<std::pair<std::string, std::string>>{
           {"a change, the drop-in is written", "grep :PORT " + kDropIn},
           {"a change, dockerd starts again", "pgrep -f '[d]ockerd .*:PORT'"},
           {"a change, success was reported",
            "grep -l '\"status\":\"success\"' $(grep -l 'PORT' "
            "$(ls -t /var/lib/waagent/Example.*/status/*.status | head -n 1))"}}) {
    const std::string number = std::to_string(port);
    std::string condition = shown;
    condition.replace(condition.find("PORT"), 4, number);
    CutAndConverge(serving(),
                   {name, {"enable", "--port", number}, condition, {"enable", "--port", number}, port});
    port = port == kPort ? kOtherPort : kPort;
  }
}

TEST_F(PowerCuts, AnEnableConvergesAfterOneInDisable) {
  CutAndConverge(serving(), {"a disable, the drop-in is removed",
                             {"disable"},
                             "! test -e " + kDropIn,
                             {"enable", "--port", "4243"}});
}

TEST_F(PowerCuts, AnUpdateConvergesAfterOne) {
  const Vm::Args update = {"update", "--zip", Variable("DX_ZIP"), "--version", "1.0.1"};
  CutAndConverge(serving(), {"an update, the new version marked it", update,
                             "test -e /run/docker-extension/update-mark.json", update});
}

// The agent calls disable before; the packages are removed once the agent knows of nothing more.
TEST_F(PowerCuts, AnEnableConvergesAfterOneInUninstall) {
  CutAndConverge(serving(),
                 {"an uninstall, the drop-in is removed", {"uninstall"}, "! test -e " + kDropIn, {"enable"}});
  CutAndConverge(serving(), {.name = "an uninstall, dpkg removes",
                             .command = {"uninstall"},
                             .shown = "pgrep -f '[d]pkg .*--remove'",
                             .next = {"run"},
                             .has_ended = true});
}

TEST_F(PowerCuts, AFirstEnableConvergesAfterOneInApt) {
  for (const auto& [name, shown] : std::vector<std::pair<std::string, std::string>>{
           {"a first enable, apt starts", "pgrep -f '[a]pt-get.* install'"},
           {"a first enable, dpkg unpacks", "grep 'status unpacked containerd' /var/log/dpkg.log"},
           {"a first enable, dpkg configures",
            "grep 'status half-configured docker.io' /var/log/dpkg.log"}}) {
    const Vm vm = FreshVm();
    CutAndConverge(vm, {name, {"run"}, shown, {"run"}});
  }
}

}  // namespace
}  // namespace dockerext
