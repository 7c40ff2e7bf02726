// SPDX-License-Identifier: MIT
// A VM for all tests of a suite, as SharedVm has it, in which the real agent and a fabric run.
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "tests/guest/azure.hpp"
#include "tests/guest/shared_vm.hpp"

namespace dockerext {

// Suite::kImage has to be one with the agent.
template <class Suite>
class AgentVm : public SharedVm<Suite> {
 protected:
  using SharedVm<Suite>::vm;

  static void SetUpTestSuite() {
    if (!Azure::Missing().empty()) return;
    SharedVm<Suite>::SetUpTestSuite();
    if (!SharedVm<Suite>::HasVm()) return;
    const Status moved_in = azure().MoveIn();
    ASSERT_TRUE(moved_in.ok()) << moved_in.error().message;
  }

  void SetUp() override {
    if (!Azure::Missing().empty()) GTEST_SKIP() << Azure::Missing();
    SharedVm<Suite>::SetUp();
  }

  static Azure azure() { return Azure(vm()); }

  static void ExpectAnAnswerAt(std::uint16_t port) {
    const Vm::Output info = vm().DockerTls({"info"}, port);
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_THAT(info.out, testing::HasSubstr("Server Version: "));
  }

  // The agent reports the same before and after, so its calls say when it is through.
  static void AwaitCalls(const std::string& command, int more_than) {
    for (int tries = 0; azure().Calls(command) <= more_than && tries < 100; ++tries) {
      vm().Say({"/bin/sleep", "0.2"});
    }
    EXPECT_THAT(azure().Calls(command), testing::Gt(more_than));
  }
};

}  // namespace dockerext
