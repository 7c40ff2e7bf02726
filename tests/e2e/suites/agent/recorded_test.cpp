// SPDX-License-Identifier: MIT
// Compares the harness with the real agent: both take a handler that records its calls through the same
// scenario, and the records have to match.
#include <gmock/gmock.h>

#include <functional>
#include <map>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/agent/records.hpp"
#include "tests/e2e/suites/support/azure.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using Args = Vm::Args;

const std::string kFirst = Azure::kZip;
const std::string kNext = Azure::kNextZip;
constexpr const char* kHarness = "/usr/local/sbin/handler-harness";
constexpr const char* kRecorder = "/usr/local/sbin/recorder";

// A step, as a command of the fabric and of the harness.
struct Step {
  std::string name;
  Args fabric;
  Args harness;
  std::uint16_t port = 0;           // of the settings of this step; 0: no settings
  std::string failing = {};         // this command of this version fails once
  std::string outcome = "success";  // as Azure sees it
};

const std::vector<Step>& Scenario() {
  const Args up = {"update", "--zip", kNext};
  const Args down = {"update", "--zip", kFirst};
  const Args bare = {"run", "--no-settings", "--zip", kFirst};
  static const std::vector<Step> kScenario = {
      {"a first install", {"add", "--zip", kFirst}, {"run", "--zip", kFirst}, 4243},
      {"the same again", {"again"}, {"enable"}},
      {"new settings", {"settings"}, {"settings"}, 5000},
      {"an update whose disable fails, which is tolerated", up, up, 0, "disable-1.0.0"},
      {"a downgrade whose disable fails, which is not", down, down, 0, "disable-2.0.0", "error"},
      {"the downgrade once more", {"again"}, down},
      {"a disable", {"disable"}, {"disable"}, 0, "", "disabled"},
      {"an enable", {"enable"}, {"enable"}},
      {"settings whose enable fails", {"settings"}, {"settings"}, 6000, "enable-1.0.0", "error"},
      {"an update that fails", up, up, 0, "update-2.0.0", "error"},
      {"the update once more", {"again"}, up},
      {"an uninstall that fails", {"uninstall"}, {"uninstall"}, 0, "uninstall-2.0.0", "gone"},
      {"an install that fails", {"add", "--zip", kFirst}, bare, 0, "install-1.0.0", "error"},
      {"the install once more, without settings", {"again"}, bare},
      {"an uninstall", {"uninstall"}, {"uninstall"}, 0, "", "gone"},
  };
  return kScenario;
}

void WriteProtectedSettings(const Vm& vm) {
  const Status written = vm.guest().WriteFile(Azure::kProtected, R"({"word": "secret"})", 0600_mode);
  EXPECT_TRUE(written.ok()) << written.error().Message();
}

void Copy(const Vm& vm, const std::string& source, const std::string& path) {
  const Status copied = vm.guest().Copy(source, path);
  EXPECT_TRUE(copied.ok()) << copied.error().Message();
}

struct Recording {
  std::vector<Record> records;
  // The outcome of each step and its duration, which is the share of the agent, since the recorder does
  // almost nothing.
  std::map<std::string, std::string> outcomes;
};

// Runs in a VM with the ZIPs of the recorder in its scratch folder. `request` runs a step, waits for it, and
// returns its outcome.
Recording RunScenario(const Vm& vm, const std::function<std::string(const Step&)>& request) {
  Recording recording;
  Copy(vm, std::string(DX_SOURCE_DIR) + "/tests/e2e/suites/agent/recorder", kRecorder);
  WriteProtectedSettings(vm);
  for (const Step& step : Scenario()) {
    if (!step.failing.empty()) {
      vm.Shell("mkdir -p /var/lib/recorder && touch /var/lib/recorder/fail-" + step.failing);
    }
    recording.outcomes[step.name] = request(step);
    vm.Run({kRecorder, "look", "after " + step.name});
  }
  const auto text = vm.guest().ReadFile("/var/lib/recorder/records");
  EXPECT_TRUE(text.ok());
  recording.records = ParseRecords(text.ok() ? *text : "");
  return recording;
}

Recording RecordRealAgent(const Vm& vm) {
  const Azure azure(vm);
  const Status deployed = azure.Deploy(vm.Scratch("first.zip"), vm.Scratch("next.zip"));
  EXPECT_TRUE(deployed.ok()) << deployed.error().Message();
  return RunScenario(vm, [&](const Step& step) {
    if (step.port == 0) {
      azure.Request(step.fabric);
    } else {
      azure.RequestSettings(step.fabric, step.port);
    }
    const std::string outcome = azure.Wait(step.outcome, kRecorderName);
    return outcome.substr(0, outcome.find(':'));
  });
}

Recording RecordHarness(const Vm& vm) {
  Copy(vm, vm.Scratch("first.zip"), kFirst);
  Copy(vm, vm.Scratch("next.zip"), kNext);
  Copy(vm, Variable("DX_HARNESS"), kHarness);
  return RunScenario(vm, [&](const Step& step) {
    Args args = {kHarness};
    args.insert(args.end(), step.harness.begin(), step.harness.end());
    args.emplace_back("--here");
    if (step.port != 0) {
      args.insert(args.end(), {"--port", std::to_string(step.port), "--protected", Azure::kProtected});
    }
    const Vm::Output output = vm.Exec(args);
    EXPECT_EQ(output.exit_code == 0, step.outcome != "error")
        << step.name << ": " << output.out << output.err;
    return "exit code " + std::to_string(output.exit_code);
  });
}

class Recorded : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!Azure::Missing().empty()) return;
    real_ = RecordInNewVm(RecordRealAgent);
    harness_ = RecordInNewVm(RecordHarness);
  }

  void SetUp() override {
    if (!Azure::Missing().empty()) GTEST_SKIP() << Azure::Missing();
  }

  static std::vector<std::string> Titles(const Recording& recording) {
    std::vector<std::string> titles;
    for (const Record& record : recording.records) titles.push_back(record.title);
    return titles;
  }

  // The records of this title, concatenated.
  static std::string AllOfReal(const std::string& title) {
    std::string text;
    for (const Record& record : real_.records) {
      if (record.title == title) text += record.text;
    }
    return text;
  }

  static Recording real_;
  static Recording harness_;

 private:
  static Recording RecordInNewVm(Recording (*record)(const Vm&)) {
    const auto vm = Vm::Boot(Guest::Image::kWithAgent);
    EXPECT_TRUE(vm.ok()) << (vm.ok() ? "" : vm.error().Message());
    if (!vm.ok()) return {};
    PackRecorder("1.0.0", vm->Scratch("first.zip"));
    PackRecorder("2.0.0", vm->Scratch("next.zip"));
    return record(*vm);
  }
};
Recording Recorded::real_;
Recording Recorded::harness_;

// The comparisons below are meaningful only if the records describe what happened.
TEST_F(Recorded, ARecordDescribesACallAndItsEnvironment) {
  for (const auto& [step, outcome] : real_.outcomes) RecordProperty("agent alone: " + step, outcome);
  const std::vector<std::string> titles = Titles(real_);
  ASSERT_GT(titles.size(), 3U);
  EXPECT_THAT(std::vector(titles.begin(), titles.begin() + 3),
              ElementsAre("install 1.0.0", "enable 1.0.0", "after a first install"));
  EXPECT_THAT(AllOfReal("update 2.0.0"),
              HasSubstr("environment AZURE_GUEST_AGENT_DISABLE_CMD_EXIT_CODE=None\n"));
  EXPECT_THAT(AllOfReal("install 1.0.0"), HasSubstr("config/HandlerState: NotInstalled\n"));
  EXPECT_THAT(AllOfReal("enable 1.0.0"), HasSubstr("descriptor target 0 /dev/null\n"));
}

TEST_F(Recorded, TheHarnessCallsTheSameCommandsInTheSameOrder) {
  EXPECT_THAT(Titles(harness_), ElementsAreArray(Titles(real_)));
}

TEST_F(Recorded, EachCommandFindsAndLeavesTheSame) {
  std::string step = "from the start";
  for (std::size_t i = 0; i < std::min(real_.records.size(), harness_.records.size()); ++i) {
    const auto differences = Differences(real_.records[i].text, harness_.records[i].text);
    EXPECT_TRUE(differences.empty()) << real_.records[i].title << ", " << step
                                     << " (- the real agent, + the harness)\n"
                                     << Join(differences, "\n");
    if (real_.records[i].title.starts_with("after ")) step = real_.records[i].title;
  }
}

}  // namespace
}  // namespace dockerext
