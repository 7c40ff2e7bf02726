// SPDX-License-Identifier: MIT
#include "tests/sim/contract/environment.hpp"

#include <gmock/gmock.h>

namespace dockerext::contract {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

TEST(CommandEnvironmentTest, HasTheAgentsVariablesAndNoHome) {
  const Layout layout("/lib", "/log", {"Foo.Bar", "1.0.0"});
  const auto install = CommandEnvironment(layout, kInstallCommand, {.sequence = 3});
  EXPECT_THAT(install,
              AllOf(Contains("AZURE_GUEST_AGENT_EXTENSION_PATH=/lib/Foo.Bar-1.0.0"),
                    Contains("AZURE_GUEST_AGENT_EXTENSION_VERSION=1.0.0"), Contains("ConfigSequenceNumber=3"),
                    Contains("AZURE_GUEST_AGENT_WIRE_PROTOCOL_ADDRESS=168.63.129.16"),
                    Contains("AZURE_GUEST_AGENT_UNINSTALL_CMD_EXIT_CODE=NOT_RUN"),
                    Contains("AZURE_GUEST_AGENT_EXTENSION_SUPPORTED_FEATURES="
                             R"([{"Key": "ExtensionTelemetryPipeline", "Value": "1.0"}])"),
                    Not(Contains(StartsWith("HOME=")))));
  const auto names = [](const std::vector<std::string>& environment) {
    std::vector<std::string> found;
    for (const std::string& entry : environment) {
      if (entry.find("UNINSTALL_CMD") != std::string::npos) found.push_back(entry);
    }
    return found;
  };
  EXPECT_EQ(names(CommandEnvironment(layout, kEnableCommand, {})).size(), 1U);
  EXPECT_THAT(names(CommandEnvironment(layout, kDisableCommand, {})), ElementsAre());
  EXPECT_THAT(names(CommandEnvironment(layout, kUninstallCommand, {})), ElementsAre());
}

}  // namespace
}  // namespace dockerext::contract
