// SPDX-License-Identifier: MIT
// Updates between real packages beside a running container, with the agent simulated by the harness. The
// tests share a VM and run in order; each leaves it listening on 4243.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kLib = "/var/lib/waagent";
constexpr const char* kName = "Example.Extensions.DockerExtension";
constexpr const char* kMark = "/run/docker-extension/update-mark.json";
constexpr const char* kNext = "9.0.0";

std::string FolderOf(const std::string& version) { return std::string(kLib) + "/" + kName + "-" + version; }

class Updates : public testing::Test {
 protected:
  static std::string Missing() {
    if (!std::filesystem::exists(Variable("DX_ZIP_NEXT")))
      return "DX_ZIP_NEXT does not name an existing file: run the tests with scripts/test";
    return Vm::Missing();
  }

  static void SetUpTestSuite() {
    if (!Missing().empty()) return;
    auto booted = Vm::Boot();
    ASSERT_TRUE(booted.ok()) << booted.error().Message();
    vm_.emplace(*std::move(booted));
    // uninstall keeps the packages, since installing them again is slow
    vm().Put("public.json", R"({"docker": {"port": "4243"}, "uninstallPolicy": "keep"})");
    Apply("run");
    vm().DockerTls({"import", Variable("DX_GUEST_IMAGE") + "/image.tar", "tiny"});
    vm().DockerTls({"run", "--detach", "--name", "app", "tiny", "sleep", "100000"});
  }
  static void TearDownTestSuite() {
    if (vm_) vm().Exec({"/usr/bin/docker", "rm", "--force", "app"});  // a power-off would wait for it to stop
    vm_.reset();
  }

  void SetUp() override {
    if (!Missing().empty()) GTEST_SKIP() << Missing();
    ASSERT_TRUE(vm_.has_value());
    running_state_ = RunningState();
  }
  void TearDown() override {
    if (HasFailure() && vm_) vm_->KeepEvidence(testing::UnitTest::GetInstance()->current_test_info()->name());
  }

  static Vm& vm() { return *vm_; }

  // What no update may change: the processes of the engine and the container, and the ledger.
  static std::string RunningState() {
    return vm().EnginePid() + " " +
           vm().Shell(
               "docker inspect --format '{{.State.Pid}}' app; sha256sum "
               "/var/lib/docker-extension/ledger.json");
  }
  void ExpectServed() const {
    EXPECT_EQ(vm().DockerTls({"version"}).exit_code, 0);
    EXPECT_EQ(RunningState(), running_state_);
  }

  // Calls run or enable with the settings of the suite.
  static void Apply(const char* verb) {
    EXPECT_EQ(vm().Harness({verb, "--public", vm().Scratch("public.json")}).exit_code, 0);
  }

  static json ParseDocument(const Vm::Output& output) {
    json document = json::parse(output.out, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << output.out;
    return document;
  }

  static std::vector<std::string> CallsOf(const json& document) {
    std::vector<std::string> calls;
    for (const json& call : document.at("calls")) {
      calls.push_back(call.at("verb").get<std::string>() + " " + call.at("version").get<std::string>());
    }
    return calls;
  }

  // The next version, with these verbs ("install", "install|enable") failing before they change anything.
  static std::string BrokenNext(const std::string& verbs) {
    const std::string folder = vm().Scratch("broken");
    std::string zip = vm().Scratch("broken.zip");
    std::filesystem::remove_all(folder);
    std::filesystem::remove(zip);
    const auto run = [](const Vm::Args& argv) {
      const Status done = guest::RunOrFail({.argv = argv});
      EXPECT_TRUE(done.ok()) << done.error().Message();
    };
    run({"/usr/bin/unzip", "-q", Variable("DX_ZIP_NEXT"), "-d", folder});
    std::filesystem::rename(folder + "/bin/docker-extension", folder + "/bin/whole");
    std::ofstream(folder + "/bin/docker-extension")
        << "#!/bin/sh\ncase $1 in " << verbs << ") echo broken on purpose >&2; exit 1 ;; esac\n"
        << ". \"${0%/*}/whole\"\n";
    run({"/bin/sh", "-c", "cd '" + folder + "' && exec zip -q -r '" + zip + "' ."});
    return zip;
  }

  // Unpacks the next version as the agent does before it calls disable of the old one.
  static void LayOutNext() {
    const std::string next = FolderOf(kNext);
    vm().Shell("mkdir -p " + next + "/config && cp " + Vm::kFolder + "/HandlerManifest.json " + next +
               " && printf NotInstalled > " + next + "/config/HandlerState && touch " + next +
               "/config/0.settings");
  }
  static void RemoveNext() { vm().Run({"/bin/rm", "-rf", FolderOf(kNext)}); }

  static void WriteMark(const std::string& target, int age_seconds) {
    vm().Shell(
        "read -r up rest < /proc/uptime; read -r boot < /proc/sys/kernel/random/boot_id; "
        "printf '{\"target\":\"" +
        target + "\",\"bootId\":\"%s\",\"sinceBootMs\":%s}' \"$boot\" $(( (${up%.*} - " +
        std::to_string(age_seconds) + ") * 1000 )) > " + kMark);
  }

  static void ExpectFullUninstall() {
    EXPECT_EQ(vm().Verb("uninstall", 0).exit_code, 0);
    EXPECT_FALSE(vm().IsOpen(4243));
    EXPECT_NE(vm().Exec({"/usr/bin/test", "-e", kMark}).exit_code, 0);
    RemoveNext();
    Apply("enable");
    EXPECT_EQ(vm().DockerTls({"version"}).exit_code, 0);
  }

 private:
  static std::optional<Vm> vm_;
  std::string running_state_;
};
std::optional<Vm> Updates::vm_;

// Keeps connecting from the other host until the file `stop` exists, and counts refused connections.
class PortWatch {
 public:
  explicit PortWatch(const Vm& vm) : stop_(vm.Scratch("stop")), started_(vm.Scratch("started")) {
    const std::string loop = "n=0; bad=0; while [ ! -e " + stop_ + " ]; do (exec 3<>/dev/tcp/" +
                             vm.guest().address() +
                             "/4243) 2>/dev/null || bad=$((bad+1)); n=$((n+1)); touch " + started_ +
                             "; done; echo $bad refused of $n";
    watch_ = std::async(std::launch::async, [&vm, loop] {
      return vm.guest().Client({"/bin/bash", "-c", loop});
    });
    while (!std::filesystem::exists(started_)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  std::string Stop() {
    std::ofstream(stop_) << "";
    const auto seen = watch_.get();
    std::filesystem::remove(stop_);
    std::filesystem::remove(started_);
    return seen.ok() ? seen->out : seen.error().Message();
  }

 private:
  std::string stop_;
  std::string started_;
  std::future<Result<Vm::Output>> watch_;
};

TEST_F(Updates, AnUpdateInterruptsNeitherEngineNorContainerNorPort) {
  PortWatch watch(vm());
  const Vm::Output update = vm().Harness({"update", "--zip", Variable("DX_ZIP_NEXT"), "--json"});
  EXPECT_THAT(watch.Stop(), testing::StartsWith("0 refused of "));
  EXPECT_EQ(update.exit_code, 0);
  const json document = ParseDocument(update);
  EXPECT_THAT(CallsOf(document), ElementsAre("disable 1.0.0", "update 9.0.0", "uninstall 1.0.0",
                                             "install 9.0.0", "enable 9.0.0"));
  EXPECT_EQ(document.at("report").at("status"), "Ready");
  EXPECT_EQ(document.at("report").at("handlerVersion"), kNext);
  EXPECT_EQ(document.at("verdict"), "success");
  EXPECT_EQ(vm().Shell(std::string("ls ") + kLib + " | grep DockerExtension"),
            std::string(kName) + "-" + kNext);
  EXPECT_NE(vm().Exec({"/usr/bin/test", "-e", kMark}).exit_code, 0);
  ExpectServed();
}

TEST_F(Updates, ADowngradeInterruptsNothingEither) {
  PortWatch watch(vm());
  const Vm::Output update = vm().Harness({"update", "--zip", Variable("DX_ZIP"), "--json"});
  EXPECT_THAT(watch.Stop(), testing::StartsWith("0 refused of "));
  EXPECT_EQ(update.exit_code, 0);
  EXPECT_THAT(CallsOf(ParseDocument(update)), ElementsAre("disable 9.0.0", "update 9.0.0", "uninstall 9.0.0",
                                                          "install 1.0.0", "enable 1.0.0"));
  ExpectServed();
}

TEST_F(Updates, NewSettingsCanComeWithANewVersion) {
  vm().Put("other.json", R"({"docker": {"port": "5000"}, "uninstallPolicy": "keep"})");
  const std::string pid = vm().EnginePid();
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP_NEXT"), "--public", vm().Scratch("other.json"),
                          "--credentials", vm().credentials()})
                .exit_code,
            0);
  EXPECT_EQ(vm().DockerTls({"version"}, 5000).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP"), "--public", vm().Scratch("public.json"),
                          "--credentials", vm().credentials()})
                .exit_code,
            0);
  EXPECT_EQ(vm().DockerTls({"version"}).exit_code, 0);
  EXPECT_NE(vm().EnginePid(), pid);
  EXPECT_EQ(vm().Shell(std::string("ls ") + Vm::kFolder + "/config | grep settings"), "2.settings");
}

TEST_F(Updates, ANewVersionWhoseUpdateFailsLeavesTheOldOneServing) {
  const Vm::Output update = vm().Harness({"update", "--zip", BrokenNext("update")});
  EXPECT_EQ(update.exit_code, 3);
  EXPECT_THAT(update.out, AllOf(HasSubstr("NotReady 1008"), HasSubstr("broken on purpose")));
  EXPECT_EQ(vm().Shell("cat " + FolderOf(kNext) + "/config/HandlerState"), "FailedUpgrade");
  ExpectServed();
  Apply("enable");  // Azure's rollback
  ExpectServed();
}

TEST_F(Updates, UninstallAfterAFailedUpdateIsAFullUninstall) {
  EXPECT_EQ(vm().Harness({"update", "--zip", BrokenNext("update")}).exit_code, 3);
  EXPECT_EQ(vm().Harness({"uninstall"}).exit_code, 0);
  EXPECT_FALSE(vm().IsOpen(4243));
  EXPECT_EQ(vm().Shell(std::string("ls ") + kLib + " | grep -c DockerExtension || true"), "0");
  Apply("run");
  EXPECT_EQ(vm().DockerTls({"version"}).exit_code, 0);
}

TEST_F(Updates, ANewVersionThatCannotBeInstalledLeavesTheOldConfigurationServing) {
  const Vm::Output update = vm().Harness({"update", "--zip", BrokenNext("install|enable")});
  EXPECT_EQ(update.exit_code, 3);
  EXPECT_THAT(update.out, HasSubstr("NotReady 1007"));
  ExpectServed();
  // Azure's rollback: the old version is installed afresh.
  Apply("run");
  ExpectServed();
}

TEST_F(Updates, ANewVersionThatCannotBeEnabledLeavesTheOldConfigurationServing) {
  const Vm::Output update = vm().Harness({"update", "--zip", BrokenNext("enable")});
  EXPECT_EQ(update.exit_code, 3);
  EXPECT_THAT(update.out, HasSubstr("NotReady 1009"));
  ExpectServed();
  EXPECT_EQ(vm().Harness({"update", "--zip", Variable("DX_ZIP")}).exit_code, 0);
  ExpectServed();
}

TEST_F(Updates, AFreshMarkWithItsTargetFolderMakesUninstallPartOfAnUpdate) {
  LayOutNext();
  WriteMark(kNext, 10);
  EXPECT_EQ(vm().Verb("uninstall", 0).exit_code, 0);
  ExpectServed();
  EXPECT_NE(vm().Exec({"/usr/bin/test", "-e", kMark}).exit_code, 0);
  RemoveNext();
}

TEST_F(Updates, UninstallIgnoresAMarkOlderThanTwoMinutes) {
  LayOutNext();
  WriteMark(kNext, 125);
  ExpectFullUninstall();
}

TEST_F(Updates, UninstallIgnoresAMarkForAnotherTarget) {
  LayOutNext();
  WriteMark("8.0.0", 10);
  ExpectFullUninstall();
}

TEST_F(Updates, UninstallIgnoresAMarkWithoutItsTargetFolder) {
  WriteMark(kNext, 10);
  ExpectFullUninstall();
}

}  // namespace
}  // namespace dockerext
