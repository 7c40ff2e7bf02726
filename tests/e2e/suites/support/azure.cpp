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

Vm::Args FabricArgv(const Vm::Args& args) {
  Vm::Args argv = {kFabric};
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

// Written through standard input, so that no secret is on a command line.
Status WriteProtectedSettings(const Vm& vm) {
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
      return name + " does not name an existing file: run the tests with scripts/test";
    }
  }
  return Vm::Missing();
}

Status Azure::Deploy(const std::string& zip, const std::string& next_zip) const {
  TRY(vm_.guest().Copy(Variable("DX_FABRIC"), kFabric));
  TRY(vm_.guest().Copy(zip, kZip));
  TRY(vm_.guest().Copy(next_zip, kNextZip));
  TRY(WriteProtectedSettings(vm_));
  vm_.Run({"/usr/bin/systemctl", "start", "walinuxagent"});
  return {};
}

void Azure::Request(const Vm::Args& args) const { vm_.Run(FabricArgv(args)); }

void Azure::RequestSettings(Vm::Args args, std::uint16_t port) const {
  args.insert(args.end(), {"--port", std::to_string(port), "--protected", kProtected});
  Request(args);
}

std::string Azure::Wait(const std::string& outcome, const std::string& name) const {
  const auto budget = std::chrono::seconds(400);  // in a VM without KVM a cold install takes minutes
  const std::string limit = std::to_string(budget.count() - 20);
  const Vm::Output waited =
      vm_.Exec(FabricArgv({"wait", outcome, "--limit", limit, "--name", name}), {.budget = budget});
  EXPECT_EQ(waited.exit_code, 0) << waited.out << waited.err;
  return Split(waited.out, '\n').front();
}

void Azure::Await(const std::string& step, const std::string& outcome, const std::string& name) const {
  const std::string report = Wait(outcome, name);
  std::cout << "agent: " << step << ": " << report << std::endl;
  testing::Test::RecordProperty("goal state: " + step, report.substr(0, report.find(':')));
}

std::string Azure::Reported() const { return vm_.Run(FabricArgv({"reported"})); }

void Azure::AwaitReported(const std::string& excerpt) const {
  for (int tries = 0; Reported().find(excerpt) == std::string::npos && tries < 300; ++tries)
    vm_.Run({"/bin/sleep", "0.2"});
  EXPECT_THAT(Reported(), testing::HasSubstr(excerpt));
}

int Azure::Calls(const std::string& command) const {
  const std::string pattern = "info: " + command + " done";
  return std::stoi(
      vm_.Shell("cat /var/log/azure/Example.*/docker-extension.log | grep -c '" + pattern + "' || true"));
}

}  // namespace dockerext
