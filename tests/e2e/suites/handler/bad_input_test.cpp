// SPDX-License-Identifier: MIT
// Bad input never costs a VM its service: the error names what is wrong, where, and what to do; every file,
// the engine's process and remote access stay as they were.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/handler/bad_inputs.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext::bad_input {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kAgentFolder = "/var/lib/waagent";

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class BadInput : public SharedVm<BadInput>, public testing::WithParamInterface<Input> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (!HasVm()) return;
    ASSERT_EQ(vm().Harness({"run"}).exit_code, 0);
    vm().Shell("systemd-run -q --unit=listener busybox nc -ll -p " + std::string(kPortInUse));
    const auto root = vm().guest().Root();
    ASSERT_TRUE(root.ok()) << root.error().Message();
    baseline_ = {*root, Recipient(*root + kAgentFolder),
                 json{{"ca", TextOf(vm().credentials() + "/ca.pem")},
                      {"cert", TextOf(vm().credentials() + "/server-cert.pem")},
                      {"key", TextOf(vm().credentials() + "/server-key.pem")}}};
    environment_ = TextOf(EnvironmentPath());
    tree_ = vm().Tree();
    pid_ = EnginePid();
    ASSERT_NE(pid_, "");
  }

  static void TearDownTestSuite() {
    if (HasVm()) {
      EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
    }
    SharedVm::TearDownTestSuite();
  }

  void TearDown() override {
    SharedVm::TearDown();
    if (HasVm()) Put(EnvironmentPath(), environment_);
  }

  // The agent's certificate for the settings of this VM.
  static std::string Recipient(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".crt") return TextOf(entry.path());
    }
    return {};
  }

  static std::string Path(const std::string& name) { return baseline_.root + Vm::kFolder + "/" + name; }
  static std::string EnvironmentPath() { return Path("HandlerEnvironment.json"); }
  static void Put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

  // From the file that dockerd writes at every start.
  static std::string EnginePid() { return TextOf(baseline_.root + "/run/docker.pid"); }

  static json StatusOf(std::uint64_t sequence) {
    const std::string text = TextOf(Path("status/" + std::to_string(sequence) + ".status"));
    EXPECT_THAT(text, Each(testing::AllOf(testing::Ge('\0'), testing::Le('\x7e'))));
    const json document = json::parse(text, nullptr, false);
    const json::json_pointer where("/0/status");
    return document.contains(where) ? document.at(where) : json::object();
  }

  // Waits for the worker to write the final status.
  static json FinalStatusOf(std::uint64_t sequence) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (true) {
      json status = StatusOf(sequence);
      if (status.value("status", "") != "transitioning" || std::chrono::steady_clock::now() > deadline) {
        return status;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  static std::string MessageOf(const json& status) {
    return status.value(json::json_pointer("/formattedMessage/message"), std::string());
  }

  static void ExpectNoSecret(const std::string& text) {
    const std::string key = baseline_.certs["key"];
    EXPECT_THAT(text, Not(HasSubstr(Split(key, '\n').at(1))));
    EXPECT_THAT(text, Not(HasSubstr(EncodeBase64(key).substr(60, 60))));
  }

  static void ExpectNothingChanged() {
    const std::string pid = EnginePid();
    EXPECT_EQ(pid, pid_);
    const std::string tree = vm().Tree();
    EXPECT_THAT(Differences(tree_, tree), IsEmpty());
    // A failure in one case does not fail the later ones.
    tree_ = tree;
    pid_ = pid;
  }

  static void Report(const Input& input, int exit_code, const std::string& message, double seconds) {
    std::printf("bad input: %s: exit %d, \"%s\" (%.2f s)\n", input.name.c_str(), exit_code,
                message.substr(0, 400).c_str(), seconds);
  }

  static inline Baseline baseline_;
  static inline std::string environment_;
  static inline std::string tree_;
  static inline std::string pid_;
  static inline std::uint64_t sequence_ = 0;
};

TEST_P(BadInput, ChangesNothing) {
  const Input& input = GetParam();
  const std::uint64_t sequence = ++sequence_;
  if (input.file) Put(Path("config/" + std::to_string(sequence) + ".settings"), input.file(baseline_));
  if (input.environment) Put(EnvironmentPath(), *input.environment);

  const auto start = std::chrono::steady_clock::now();
  const Vm::Output enable = vm().Verb("enable", sequence);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  const json status = FinalStatusOf(sequence);
  const std::string message = MessageOf(status);
  Report(input, enable.exit_code, input.rejected == Rejected::kNever ? status.dump() : message,
         spent.count());

  EXPECT_EQ(enable.exit_code, input.rejected == Rejected::kByEnable ? 53 : 0) << enable.err;
  EXPECT_EQ(status.value("status", ""), input.rejected == Rejected::kNever ? "success" : "error");
  EXPECT_EQ(status.value("code", -1), input.rejected == Rejected::kNever ? 0 : 53);
  const std::string reported = input.rejected == Rejected::kNever ? status["substatus"].dump() : message;
  for (const std::string& excerpt : input.expected) EXPECT_THAT(reported, HasSubstr(excerpt));
  if (input.rejected == Rejected::kByEnable) {
    EXPECT_THAT(enable.err, HasSubstr(message.substr(0, 900)));
  }
  ExpectNoSecret(enable.out + enable.err + status.dump());
  ExpectNothingChanged();
  // The same process keeps its listener; after a worker has run, check the port as well.
  if (input.rejected == Rejected::kByWorker) {
    EXPECT_TRUE(vm().IsOpen(4243));
  }
}

std::vector<Input> AllInputs() {
  std::vector<Input> all;
  for (const auto& group : {Ports(), Options(), PublicTypes(), Certificates(), CertificateParts(),
                            ProtectedTypes(), SettingsFiles(), Environments(), Accepted()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

// A single instantiation, since each one boots its own VM.
INSTANTIATE_TEST_SUITE_P(Inputs, BadInput, testing::ValuesIn(AllInputs()),
                         [](const auto& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace dockerext::bad_input
