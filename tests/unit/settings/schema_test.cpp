// SPDX-License-Identifier: MIT
// The published schemas name exactly the keys that are read.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "handler/settings/settings.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using testing::UnorderedElementsAreArray;

std::vector<std::string> KeysOf(const json& schema, const std::string& prefix = "") {
  std::vector<std::string> keys;
  const json properties = schema.value("properties", json::object());
  for (const auto& item : properties.items()) {
    keys.push_back(prefix + item.key());
    const auto inner = KeysOf(item.value(), prefix + item.key() + ".");
    keys.insert(keys.end(), inner.begin(), inner.end());
  }
  return keys;
}

json Schema(const std::string& name) { return json::parse(std::ifstream(DX_SOURCE_DIR "/manifest/" + name)); }

TEST(Schemas, NameTheKeysThatAreReadAndNoOthers) {
  EXPECT_THAT(KeysOf(Schema("public.schema.json")), UnorderedElementsAreArray(KnownPublicKeys()));
  EXPECT_THAT(KeysOf(Schema("protected.schema.json")), UnorderedElementsAreArray(KnownProtectedKeys()));
}

TEST(Schemas, MatchTheReaderInPoliciesAndDefaultPort) {
  const json schema = Schema("public.schema.json");
  EXPECT_EQ(schema.at(json::json_pointer("/properties/docker/properties/port/default")), kDefaultPort);
  for (const json& policy : schema.at(json::json_pointer("/properties/uninstallPolicy/enum"))) {
    const auto reading = ReadSettings(json({{"uninstallPolicy", policy}}).dump(), Secret());
    EXPECT_TRUE(reading.findings.errors.empty()) << policy;
  }
}

}  // namespace
}  // namespace dockerext
