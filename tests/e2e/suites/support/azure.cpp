// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/support/azure.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <iostream>

#include "handler/base/text.hpp"
#include "tests/sim/credentials/credentials.hpp"

namespace dockerext {
namespace {

constexpr const char* kFabric = "/usr/local/sbin/fabric";

Vm::Words FabricLine(const Vm::Words& words) {
  Vm::Words line = {kFabric};
  line.insert(line.end(), words.begin(), words.end());
  return line;
}

// By the VM's standard input, not by a command line.
Status GiveProtectedSettings(const Vm& vm) {
  const credentials::HostNames hosts{.all = {vm.guest().address()}, .required = {}};
  TRY_LET(const credentials::ServerCredentials credentials,
          credentials::MakeOrReuseCredentials(vm.credentials(), credentials::Style::kModern, hosts));
  const Secret settings = credentials::RenderProtected(credentials, credentials::Style::kModern);
  return vm.guest().WriteFile(Azure::kProtected, settings.Reveal(), 0600_mode);
}

}  // namespace

std::string Azure::Missing() {
  for (const std::string& name :
       {std::string("DX_FABRIC"), Guest::VariableOf(Guest::Image::kWithAgent), std::string("DX_ZIP_NEXT")}) {
    if (!std::filesystem::exists(Variable(name.c_str()))) {
      return name + " names nothing that is there: run the tests by scripts/test";
    }
  }
  return Vm::Missing();
}

Status Azure::MoveIn(const std::string& zip, const std::string& next_zip) const {
  TRY(vm_.guest().Copy(Variable("DX_FABRIC"), kFabric));
  TRY(vm_.guest().Copy(zip, kZip));
  TRY(vm_.guest().Copy(next_zip, kNextZip));
  TRY(GiveProtectedSettings(vm_));
  vm_.Say({"/usr/bin/systemctl", "start", "walinuxagent"});
  return {};
}

void Azure::Order(const Vm::Words& words) const { vm_.Say(FabricLine(words)); }

void Azure::OrderSettings(Vm::Words words, std::uint16_t port) const {
  words.insert(words.end(), {"--port", std::to_string(port), "--protected", kProtected});
  Order(words);
}

std::string Azure::Wait(const std::string& end, const std::string& name) const {
  const Vm::Output waited = vm_.Exec(FabricLine({"wait", end, "--limit", "100", "--name", name}));
  EXPECT_EQ(waited.exit_code, 0) << waited.out << waited.err;
  return Split(waited.out, '\n').front();
}

void Azure::Await(const std::string& step, const std::string& end, const std::string& name) const {
  const std::string outcome = Wait(end, name);
  std::cout << "agent: " << step << ": " << outcome << std::endl;
  testing::Test::RecordProperty("goal state: " + step, outcome.substr(0, outcome.find(':')));
}

std::string Azure::Reported() const { return vm_.Say(FabricLine({"reported"})); }

void Azure::AwaitReported(const std::string& words) const {
  for (int tries = 0; Reported().find(words) == std::string::npos && tries < 300; ++tries)
    vm_.Say({"/bin/sleep", "0.2"});
  EXPECT_THAT(Reported(), testing::HasSubstr(words));
}

int Azure::Calls(const std::string& command) const {
  const std::string pattern = "info: " + command + " done";
  return std::stoi(
      vm_.Shell("cat /var/log/azure/Example.*/docker-extension.log | grep -c '" + pattern + "' || true"));
}

}  // namespace dockerext
