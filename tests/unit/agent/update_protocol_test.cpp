// SPDX-License-Identifier: MIT
#include "handler/agent/update_protocol.hpp"

#include <gmock/gmock.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kLib = "/var/lib/waagent/";
constexpr const char* kName = "Example.Extensions.DockerExtension";

class UpdateProtocol : public testing::Test {
 protected:
  void SetUp() override { PutSibling("1.1.0"); }

  static std::string Folder(const std::string& version) { return std::string(kLib) + kName + "-" + version; }

  // As the agent lays a new version out before it calls the old one's disable.
  void PutSibling(const std::string& version) {
    files.Put(Folder(version) + "/HandlerManifest.json", "[]");
    files.Put(Folder(version) + "/config/HandlerState", "NotInstalled");
    files.Put(Folder(version) + "/config/5.settings", "");
  }

  std::vector<std::string> Targets() { return UpdatingTo(files, invocation); }

  FakeClock clock;
  FakeFiles files{clock};
  Invocation invocation =
      ReadInvocation(Folder("1.0.0") + "/bin/x86_64/docker-extension", {{"ConfigSequenceNumber", "5"}});
};

TEST_F(UpdateProtocol, ASiblingThatIsBeingInstalledIsTheTarget) {
  EXPECT_THAT(Targets(), ElementsAre("1.1.0"));
}

TEST_F(UpdateProtocol, EveryConditionIsRequired) {
  const std::string next = Folder("1.1.0");
  files.Put(next + "/config/HandlerState", "Installed");
  EXPECT_THAT(Targets(), IsEmpty());
  files.Put(next + "/config/HandlerState", "NotInstalled");
  files.Erase(next + "/HandlerManifest.json");
  EXPECT_THAT(Targets(), IsEmpty());
  files.Put(next + "/HandlerManifest.json", "[]");
  EXPECT_THAT(Targets(), ElementsAre("1.1.0"));
  files.Erase(next + "/config/5.settings");
  files.Put(next + "/config/4.settings", "");
  EXPECT_THAT(Targets(), IsEmpty());
}

TEST_F(UpdateProtocol, WithoutASequenceNumberThereIsNoUpdate) {
  invocation.sequence = std::nullopt;
  EXPECT_THAT(Targets(), IsEmpty());
}

TEST_F(UpdateProtocol, AnInterruptedUpdateDoesNotHideTheNext) {
  PutSibling("1.0.2");
  EXPECT_THAT(Targets(), ElementsAre("1.0.2", "1.1.0"));
}

TEST_F(UpdateProtocol, NoWallClockIsAsked) {
  clock.utc_start -= std::chrono::hours(24 * 365);
  EXPECT_THAT(Targets(), ElementsAre("1.1.0"));
  clock.elapsed += std::chrono::hours(24 * 365 * 2);
  EXPECT_THAT(Targets(), ElementsAre("1.1.0"));
}

TEST_F(UpdateProtocol, TheOwnFolderAndAnotherExtensionsAreIgnored) {
  files.Erase(Folder("1.1.0"));
  PutSibling("1.0.0");
  const std::string other = std::string(kLib) + "Example.Extensions.Other-1.1.0";
  files.Put(other + "/HandlerManifest.json", "[]");
  files.Put(other + "/config/HandlerState", "NotInstalled");
  files.Put(other + "/config/5.settings", "");
  EXPECT_THAT(Targets(), IsEmpty());
}

}  // namespace
}  // namespace dockerext
