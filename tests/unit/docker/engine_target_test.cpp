// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <functional>

#include "handler/docker/engine_target.hpp"

namespace dockerext {
namespace {

EngineTarget Whole() {
  return {.leave_engine_alone = false,
          .options = {{"--debug", "publicSettings.docker.options[0]"},
                      {"--label=a", "publicSettings.docker.options[1]"}},
          .endpoint = EngineEndpoint{4243, "/etc/docker/docker-extension/tls-1"},
          .certificate = {"00ff", std::chrono::sys_seconds(std::chrono::seconds(1795551480)), true},
          .uninstall_policy = UninstallPolicy::kKeep,
          .source = {EngineOrigin::kCustom, "28", "stable", false, "https://m.example", "a key"}};
}

// A change of each field alone; the serialiser itself does not compile with one that it does not know.
const std::vector<std::function<void(EngineTarget&)>> kChanges = {
    [](EngineTarget& target) { target.leave_engine_alone = true; },
    [](EngineTarget& target) { std::swap(target.options[0], target.options[1]); },
    [](EngineTarget& target) {
      target.options = {{"--debug --label=a", ""}};
    },
    [](EngineTarget& target) { target.endpoint.reset(); },
    [](EngineTarget& target) { target.endpoint->port = 5000; },
    [](EngineTarget& target) { target.endpoint->tls_folder += "2"; },
    [](EngineTarget& target) { target.certificate.sha256 = "01"; },
    [](EngineTarget& target) { target.certificate.not_after += std::chrono::seconds(1); },
    [](EngineTarget& target) { target.certificate.may_be_client = false; },
    [](EngineTarget& target) { target.client_authorities = 2; },
    [](EngineTarget& target) { target.uninstall_policy = UninstallPolicy::kAuto; },
    [](EngineTarget& target) { target.source.origin = EngineOrigin::kUpstream; },
    [](EngineTarget& target) { target.source.version = "29"; },
    [](EngineTarget& target) { target.source.channel = "test"; },
    [](EngineTarget& target) { target.source.allow_downgrade = true; },
    [](EngineTarget& target) { target.source.url += "/b"; },
    [](EngineTarget& target) { target.source.key += "2"; },
};

TEST(EngineTarget, EveryFieldIsSerialised) {
  for (std::size_t i = 0; i < kChanges.size(); ++i) {
    EngineTarget changed = Whole();
    kChanges[i](changed);
    EXPECT_NE(Serialize(changed), Serialize(Whole())) << "change " << i;
    EXPECT_EQ(ParseTarget(Serialize(changed)), changed) << "change " << i;
  }
  EXPECT_EQ(ParseTarget(Serialize(Whole())), Whole());
}

TEST(EngineTarget, WhereAnOptionStandsIsNoDifference) {
  EngineTarget moved = Whole();
  moved.options[0].at = "publicSettings.docker.options[7]";
  EXPECT_EQ(moved, Whole());
  EXPECT_EQ(Serialize(moved), Serialize(Whole()));
}

TEST(EngineTarget, ATextThatTheSerialiserDidNotWriteIsNoTarget) {
  for (const char* text : {"", "null", "{}", R"({"options": []})"})
    EXPECT_EQ(ParseTarget(text), std::nullopt) << text;
  std::string more = Serialize(Whole());
  more.insert(1, R"("aField":1,)");
  EXPECT_EQ(ParseTarget(more), std::nullopt);
}

}  // namespace
}  // namespace dockerext
