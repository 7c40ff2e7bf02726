// SPDX-License-Identifier: MIT
// Replaces the packaged agent of the guest by one from a checkout, with tests/e2e/images/put_agent, as
// `scripts/dev guest up --agent` does.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/e2e/guest/process.hpp"
#include "tests/e2e/suites/support/azure.hpp"

namespace dockerext {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

constexpr const char* kVersion = "9.8.7.6";
constexpr const char* kPutAgent = DX_SOURCE_DIR "/tests/e2e/images/put_agent";
constexpr const char* kDev = DX_SOURCE_DIR "/scripts/dev";

std::string TextOf(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

guest::Output RunHere(const std::vector<std::string>& argv) {
  const auto output = guest::Run({.argv = argv, .budget = std::chrono::seconds(60)});
  EXPECT_TRUE(output.ok()) << output.error().Message();
  return output.ok() ? *output : guest::Output{-1, "", ""};
}

// Lays out the agent of the image as a checkout, with another version.
void MakeCheckout(const fs::path& folder) {
  const fs::path base = Variable(Guest::VariableOf(Guest::Image::kWithAgent).c_str()) + "/base";
  fs::create_directories(folder / "bin");
  fs::copy_file(base / "usr/sbin/waagent", folder / "bin/waagent");
  fs::copy(base / "usr/lib/python3/dist-packages/azurelinuxagent", folder / "azurelinuxagent",
           fs::copy_options::recursive);
  const fs::path version = folder / "azurelinuxagent/common/version.py";
  const std::string text = std::regex_replace(TextOf(version), std::regex("\nAGENT_VERSION = '[^'\n]*'\n"),
                                              std::string("\nAGENT_VERSION = '") + kVersion + "'\n");
  ASSERT_THAT(text, HasSubstr(kVersion));
  std::ofstream(version) << text;
}

class AgentCheckout : public testing::Test {
 protected:
  void SetUp() override {
    if (!Azure::Missing().empty()) GTEST_SKIP() << Azure::Missing();
    folder_ = (fs::temp_directory_path() / "dx-agent-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  std::string folder_;
};

TEST_F(AgentCheckout, DrivesAFirstEnable) {
  MakeCheckout(folder_);
  auto vm = Vm::Boot(Guest::Image::kWithAgent);
  ASSERT_TRUE(vm.ok()) << vm.error().Message();
  const guest::Output put = RunHere({kPutAgent, Variable("DX_GUEST"), vm->guest().name(), folder_});
  ASSERT_EQ(put.exit_code, 0) << put.err;
  const Azure azure(*vm);
  const Status deployed = azure.Deploy();
  ASSERT_TRUE(deployed.ok()) << deployed.error().Message();
  azure.RequestSettings({"add", "--zip", Azure::kZip}, 4243);
  azure.Await("cold install by another agent");
  EXPECT_EQ(vm->DockerTls({"info"}).exit_code, 0);
  const auto reported = nlohmann::json::parse(azure.Reported());
  EXPECT_EQ(reported["aggregateStatus"]["guestAgentStatus"]["version"], kVersion);
  if (HasFailure()) vm->KeepEvidence("AgentCheckout");
}

TEST_F(AgentCheckout, IsRejectedIfFilesAreMissing) {
  fs::create_directories(folder_ + "/bin");
  std::ofstream(folder_ + "/bin/waagent") << "#!/usr/bin/env python\n";
  const guest::Output put = RunHere({kPutAgent, "/no/guest", "none", folder_});
  EXPECT_EQ(put.exit_code, 1);
  EXPECT_EQ(put.err, "error: " + folder_ +
                         " is not a checkout of the Azure Linux Agent: missing azurelinuxagent/agent.py "
                         "azurelinuxagent/common/version.py\n");
}

TEST_F(AgentCheckout, ThatIsInvalidBootsNoGuest) {
  const std::string name = "no-agent-checkout";
  const guest::Output up = RunHere({kDev, "guest", "up", "--name", name, "--agent", folder_});
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_THAT(up.err, HasSubstr(folder_ + " is not a checkout of the Azure Linux Agent: missing"));
  EXPECT_THAT(RunHere({Variable("DX_GUEST"), "list"}).out, Not(HasSubstr(name + " ")));
}

}  // namespace
}  // namespace dockerext
