// SPDX-License-Identifier: MIT
#include "tests/sim/agent/handler_folder.hpp"

#include <sys/stat.h>

#include "tests/support/sim_fixtures.hpp"

namespace dockerext::agent_simulator {
namespace {

using testing::HasSubstr;

class HandlerFolder : public contract::FolderTest {
 protected:
  contract::Layout layout_ = FakeLayout();
};

TEST_F(HandlerFolder, CreatesTheAgentsFolderTree) {
  ASSERT_OK(MakeHandlerFolder(layout_));
  Put("lib/Nobody.Fake-1.0.0/HandlerManifest.json", "\xEF\xBB\xBF[{}]");
  Put("lib/Nobody.Fake-1.0.0/deep/HandlerManifest.json", "deeper");
  ASSERT_OK(InitialiseHandler(layout_));
  EXPECT_EQ(contract::ModeOf(Path("lib")), 0040700U);
  EXPECT_EQ(contract::ModeOf(layout_.Base()),
            0040700U);  // Put created it; the agent keeps the mode of an existing folder
  EXPECT_EQ(contract::ModeOf(layout_.Config()), 0040700U);
  EXPECT_EQ(contract::ModeOf(layout_.StatusFolder()), 0040700U);
  EXPECT_EQ(contract::ModeOf(layout_.Logs()), 0040755U);
  EXPECT_EQ(contract::ModeOf(layout_.Events()), 0040700U);
  EXPECT_EQ(contract::Slurp(layout_.ManifestFile()), "[{}]");
  EXPECT_EQ(contract::ModeOf(layout_.ManifestFile()), 0100744U);
  EXPECT_EQ(contract::ModeOf(layout_.Config() + "/HandlerState"),
            0100744U);  // it existed before the ZIP was unpacked
  EXPECT_EQ(contract::ModeOf(layout_.Base() + "/HandlerEnvironment.json"), 0100644U);
  EXPECT_EQ(contract::Slurp(layout_.Base() + "/HandlerEnvironment.json"),
            contract::RenderEnvironment(layout_));
}

TEST_F(HandlerFolder, FindsAManifestInASubfolder) {
  ASSERT_OK(MakeHandlerFolder(layout_));
  Put("lib/Nobody.Fake-1.0.0/deep/HandlerManifest.json", "[1]");
  ASSERT_OK(InitialiseHandler(layout_));
  EXPECT_EQ(contract::Slurp(layout_.ManifestFile()), "[1]");
}

TEST_F(HandlerFolder, ReportsAMissingManifest) {
  ASSERT_OK(MakeHandlerFolder(layout_));
  EXPECT_EQ(InitialiseHandler(layout_).error().Message(), "HandlerManifest.json not found");
}

TEST_F(HandlerFolder, RejectsALibFolderThatOthersCanEnter) {
  ASSERT_OK(contract::MakeFolder(Path("lib"), 0755_mode));
  EXPECT_THAT(MakeHandlerFolder(layout_).error().Message(), HasSubstr("chmod"));
}

}  // namespace
}  // namespace dockerext::agent_simulator
