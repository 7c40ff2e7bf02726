// SPDX-License-Identifier: MIT
#include "tests/sim/contract/layout.hpp"

#include "tests/sim/contract/manifest.hpp"
#include "tests/sim/contract/package.hpp"
#include "tests/support/sim_fixtures.hpp"

namespace dockerext::contract {
namespace {

using testing::HasSubstr;

TEST(Environment, IsTheAgentsTextByteByByte) {
  const Layout layout("/var/lib/waagent", "/var/log/azure", {"Foo.Bar", "1.0.0"});
  EXPECT_EQ(RenderEnvironment(layout), R"([{"name": "Foo.Bar", "version": 1.0, "handlerEnvironment": )"
                                       R"({"logFolder": "/var/log/azure/Foo.Bar", )"
                                       R"("configFolder": "/var/lib/waagent/Foo.Bar-1.0.0/config", )"
                                       R"("statusFolder": "/var/lib/waagent/Foo.Bar-1.0.0/status", )"
                                       R"("heartbeatFile": "/var/lib/waagent/Foo.Bar-1.0.0/heartbeat.log", )"
                                       R"("eventsFolder": "/var/log/azure/Foo.Bar/events", )"
                                       R"("eventsFolder_preview": "/var/log/azure/Foo.Bar/events"}}])");
}

class LayoutTest : public FolderTest {
 protected:
  void SetUp() override { ASSERT_OK(MakeFolder(layout_.Config(), 0700_mode)); }

  Layout layout_ = FakeLayout();
};

TEST_F(LayoutTest, KeepsTheHandlersStateAsBareText) {
  EXPECT_EQ(ReadHandlerState(layout_), HandlerState::kNotInstalled);
  ASSERT_OK(WriteHandlerState(layout_, HandlerState::kNotInstalled));
  EXPECT_EQ(Slurp(layout_.Config() + "/HandlerState"), "NotInstalled");
  ASSERT_OK(WriteHandlerState(layout_, HandlerState::kEnabled));
  EXPECT_EQ(Slurp(layout_.Config() + "/HandlerState"), "Enabled");
  EXPECT_EQ(ReadHandlerState(layout_), HandlerState::kEnabled);
}

TEST_F(LayoutTest, WritesHandlerStatusAsTheAgent) {
  ASSERT_OK(WriteHandlerReport(layout_, {false, 1009, "caf\xC3\xA9"}));
  EXPECT_EQ(Slurp(layout_.Config() + "/HandlerStatus"),
            R"({"name": "Nobody.Fake", "version": "1.0.0", "status": "NotReady", "code": 1009, )"
            R"("message": "caf\u00e9", "supports_multi_config": false, "extension_status": null})");
}

TEST_F(LayoutTest, FindsTheHandlersOfALibFolder) {
  ASSERT_OK(WriteHandlerState(layout_, HandlerState::kInstalled));
  Put("lib/not-ahandler/file", "");
  const auto handlers = HandlersIn(Path("lib"));
  ASSERT_EQ(handlers.size(), 1U);
  EXPECT_EQ(handlers[0].name, "Nobody.Fake");
  EXPECT_EQ(handlers[0].version, "1.0.0");
}

using ManifestTest = FolderTest;

std::string ReportOf(const std::string& file) {
  const auto found = FindCommand(file, kInstallCommand);
  const auto* report = std::get_if<HandlerReport>(&found);
  return report == nullptr ? std::get<std::string>(found)
                           : std::to_string(report->code) + " " + report->message;
}

TEST_F(ManifestTest, FailsAsTheAgentDoes) {
  EXPECT_EQ(ReportOf(Put("m", R"([{"handlerManifest": {"installCommand": "bin/x a"}}])")), "bin/x a");
  EXPECT_EQ(ReportOf(Put("m", R"([{"handlerManifest": {}}])")), "-1 'installCommand'");
  EXPECT_EQ(ReportOf(Put("m", R"([{"handlerManifest": null}])")), "-1 Malformed manifest file.");
  EXPECT_EQ(ReportOf(Put("m", R"({"handlerManifest": {}})")), "-1 0");
  EXPECT_EQ(ReportOf(Put("m", "[{")), "1003 Malformed manifest file (" + Path("m") + ").");
  EXPECT_THAT(ReportOf(Path("gone")), HasSubstr("1002 "));
}

TEST(PublishedManifest, NamesTheHandler) {
  const auto id = ParsePublishedManifest(
      "<ExtensionImage xmlns=\"http://schemas.microsoft.com/windowsazure\"><ProviderNameSpace>A.B"
      "</ProviderNameSpace><Type> C </Type><Version>1.2.3.4</Version></ExtensionImage>");
  ASSERT_OK(id);
  EXPECT_EQ(id->name, "A.B.C");
  EXPECT_EQ(id->version, "1.2.3.4");
}

TEST(PublishedManifest, MustNameIt) {
  EXPECT_FALSE(ParsePublishedManifest("<ExtensionImage><Type>C</Type></ExtensionImage>").ok());
  EXPECT_FALSE(ParsePublishedManifest("no xml").ok());
  EXPECT_FALSE(CheckHandlerId({"A.B; rm", "1"}).ok());
  EXPECT_FALSE(CheckHandlerId({"A.B", "../1"}).ok());
}

}  // namespace
}  // namespace dockerext::contract
