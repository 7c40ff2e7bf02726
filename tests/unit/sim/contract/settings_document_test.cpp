// SPDX-License-Identifier: MIT
#include "tests/sim/contract/settings_document.hpp"

#include <gtest/gtest.h>

namespace dockerext::contract {
namespace {

TEST(PythonJson, HasPythonsSpacingAndEscapes) {
  const auto json =
      ParseJson("{\"z\":[1,2.50,true,null,{}],\"a\":\"caf\xC3\xA9 \xF0\x9F\x98\x80\\n\",\"e\":[]}");
  ASSERT_TRUE(json);
  EXPECT_EQ(DumpAsPython(*json),
            R"({"z": [1, 2.5, true, null, {}], "a": "caf\u00e9 \ud83d\ude00\n", "e": []})");
}

TEST(RenderSettings, HasAllThreeKeysAlways) {
  EXPECT_EQ(RenderSettings({Json{{"docker", Json{{"port", "4243"}}}}, Sealed{"QUJD", "0A1B"}}),
            R"({"runtimeSettings": [{"handlerSettings": {"publicSettings": {"docker": {"port": "4243"}}, )"
            R"("protectedSettings": "QUJD", "protectedSettingsCertThumbprint": "0A1B"}}]})");
  EXPECT_EQ(RenderSettings({}), R"({"runtimeSettings": [{"handlerSettings": {"publicSettings": null, )"
                                R"("protectedSettings": null, "protectedSettingsCertThumbprint": null}}]})");
}

TEST(ParseSettings, ReadsWhatWasRendered) {
  const auto document = ParseSettings(RenderSettings({Json{{"a", 1}}, Sealed{"QUJD", "0A1B"}}));
  ASSERT_TRUE(document && document->protected_settings);
  EXPECT_EQ(document->public_settings, (Json{{"a", 1}}));
  EXPECT_EQ(document->protected_settings->envelope, "QUJD");
  EXPECT_EQ(document->protected_settings->thumbprint, "0A1B");
  EXPECT_FALSE(ParseSettings(RenderSettings({}))->protected_settings);
}

TEST(ParseSettings, RejectsOtherDocuments) {
  for (const char* text :
       {"", "{}", R"({"runtimeSettings": []})", R"({"runtimeSettings": [{"handlerSettings": 1}]})"}) {
    EXPECT_FALSE(ParseSettings(text)) << text;
  }
}

}  // namespace
}  // namespace dockerext::contract
