// SPDX-License-Identifier: MIT
// A SharedVm in which the real agent and the fabric run.
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "tests/e2e/suites/support/azure.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"

namespace dockerext {

// Suite::kImage has to be an image with the agent.
template <class Suite>
class AgentVm : public SharedVm<Suite> {
 protected:
  using SharedVm<Suite>::vm;

  static void SetUpTestSuite() {
    if (!Azure::Missing().empty()) return;
    SharedVm<Suite>::SetUpTestSuite();
    if (!SharedVm<Suite>::HasVm()) return;
    const Status deployed = azure().Deploy();
    ASSERT_TRUE(deployed.ok()) << deployed.error().Message();
  }

  void SetUp() override {
    if (!Azure::Missing().empty()) GTEST_SKIP() << Azure::Missing();
    SharedVm<Suite>::SetUp();
  }

  static Azure azure() { return Azure(vm()); }

  // For a suite whose tests start with an enabled extension.
  static void Install() {
    azure().RequestSettings({"add", "--zip", Azure::kZip}, 4243);
    azure().Wait("success");
  }

  static void Write(const std::string& path, const std::string& text) {
    const Status written = vm().guest().WriteFile(path, text, 0600_mode);
    ASSERT_TRUE(written.ok()) << written.error().Message();
  }

  static void ExpectAnAnswerAt(std::uint16_t port) {
    const Vm::Output info = vm().DockerTls({"info"}, port);
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_THAT(info.out, testing::HasSubstr("Server Version: "));
  }

  // Waits for a call by the handler's log, for calls that do not change what the agent reports.
  static void AwaitCalls(const std::string& command, int more_than) {
    for (int tries = 0; azure().Calls(command) <= more_than && tries < 600; ++tries) {
      vm().Run({"/bin/sleep", "0.2"});
    }
    EXPECT_THAT(azure().Calls(command), testing::Gt(more_than));
  }

  static void UninstallAndExpectNothingLeft() {
    azure().Request({"uninstall"});
    azure().Await("uninstall", "gone");
    EXPECT_EQ(vm().Shell("ls -d /var/lib/waagent/Example*-*.0 2>/dev/null | wc -l"), "0");
    ExpectNothingLeft();
  }

  // Packages are removed in the background.
  static void ExpectNothingLeft() {
    vm().Await("! test -e /var/lib/docker-extension", 300);
    EXPECT_EQ(vm().Shell("ls -d /etc/docker/docker-extension /etc/systemd/system/docker.service.d "
                         "2>/dev/null | wc -l"),
              "0");
    EXPECT_THAT(vm().Shell("dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n'"),
                testing::Not(testing::HasSubstr("docker.io ii")));
  }
};

}  // namespace dockerext
