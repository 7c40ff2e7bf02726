// SPDX-License-Identifier: MIT
// A VM on which Docker already runs, with containers, and settings with certificates for port 4243.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/fake_machine.hpp"

namespace dockerext {

inline constexpr const char* kPort4243 = R"({"docker": {"port": "4243"}})";
inline constexpr const char* kPort5000 = R"({"docker": {"port": 5000}})";
inline constexpr const char* kDaemonJson = "/etc/docker/daemon.json";

class ExistingEngineVm : public testing::Test {
 protected:
  void SetUp() override {
    vm.docker.InstallPackage();
    vm.docker.containers_running = 2;
    vm.Set(0, kPort4243, certs);
  }

  // enable ends with this exit code and these excerpts in the status, and nothing is changed.
  void ExpectRejected(const std::vector<std::string>& excerpts, int exit_code = 53) {
    const auto before = vm.Tree();
    const auto pid = vm.docker.pid();
    EXPECT_EQ(vm.Run("enable").exit_code, exit_code);
    for (const std::string& text : excerpts)
      EXPECT_THAT(vm.StatusOf(vm.sequence).message, testing::HasSubstr(text));
    EXPECT_EQ(vm.Tree(), before);
    EXPECT_EQ(vm.docker.pid(), pid);
  }

  FakeMachine vm;
  std::string certs = FakeMachine::Certs(MakeCredentials(vm.clock.UtcNow()));
};

}  // namespace dockerext
