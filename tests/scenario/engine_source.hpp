// SPDX-License-Identifier: MIT
// A machine whose sources of packages a test chooses, and settings that say where Docker comes from.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "handler/distro/docker_keys.hpp"
#include "tests/support/fake_machine.hpp"

namespace dockerext {

constexpr const char* kSource = "/etc/apt/sources.list.d/docker-extension.sources";
constexpr const char* kKey = "/etc/apt/keyrings/docker-extension.asc";

class EngineSourceOf : public testing::Test {
 protected:
  EngineSourceOf() { vm.files.PutFolder("/etc/apt/sources.list.d"); }

  StatusReport Enable(const std::string& docker) {
    vm.Set(vm.sequence, R"({"docker": )" + docker + "}", std::nullopt);
    vm.Run("enable");
    return vm.StatusOf(vm.sequence);
  }
  static std::string CustomSource(const std::string& url) {
    const nlohmann::json repository = {{"url", url}, {"key", kDockerDebKey}};
    return nlohmann::json{{"source", "custom"}, {"repository", repository}}.dump();
  }
  StatusReport EnableFrom(const std::string& url) { return Enable(CustomSource(url)); }
  bool HasRepository() { return Exists(vm.files, kSource) || Exists(vm.files, kKey); }
  std::string Source() { return Exists(vm.files, kSource) ? *vm.files.Read(kSource, Files::kReadLimit) : ""; }

  FakeMachine vm;
};

}  // namespace dockerext
