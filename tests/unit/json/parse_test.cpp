// SPDX-License-Identifier: MIT
#include "handler/json/parse.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using nlohmann::json;

std::string ErrorOf(const std::string& text) {
  const auto parsed = ParseJson(text);
  if (parsed.ok()) return "";
  EXPECT_EQ(parsed.error().code, Code::kInvalidSettings);
  return parsed.error().what;
}

TEST(ParseJson, ReturnsTheDocument) {
  EXPECT_EQ(*ParseJson(R"({"a": [1, {"b": null}], "c": {"a": 2}})"),
            (json{{"a", {1, {{"b", nullptr}}}}, {"c", {{"a", 2}}}}));
  EXPECT_EQ(*ParseJson("null"), json());
}

TEST(ParseJson, AByteOrderMarkIsAccepted) { EXPECT_EQ(*ParseJson("\xEF\xBB\xBF{}"), json::object()); }

TEST(ParseJson, NamesThePositionAndNotTheContent) {
  EXPECT_EQ(ErrorOf("{\"key\": \"secret\",\n  oops}"), "is not valid JSON (line 2, column 3)");
  EXPECT_EQ(ErrorOf(""), "is not valid JSON (line 1, column 1)");
  EXPECT_EQ(ErrorOf("{\"key\": \"secret"), "is not valid JSON (line 1, column 16)");
  EXPECT_EQ(ErrorOf("{} {}"), "is not valid JSON (line 1, column 4)");
}

TEST(ParseJson, InvalidUtf8IsNamedAsSuch) {
  EXPECT_EQ(ErrorOf("{\"a\": \"\xFF\"}"), "is not UTF-8 (line 1, column 8)");
}

TEST(ParseJson, Utf16IsNamedAsSuch) {
  for (const std::string& text : {std::string("\xFF\xFE{\0}\0", 6), std::string("\xFE\xFF\0{\0}", 6),
                                  std::string("{\0}\0", 4), std::string("\0{\0}", 4)})
    EXPECT_EQ(ErrorOf(text), "is UTF-16 text");
}

TEST(ParseJson, ADuplicateKeyIsAnErrorWithItsPath) {
  EXPECT_EQ(ErrorOf(R"({"a": [{}, {"b": {"c": 1, "d": 2, "c": 3}}]})"), "has a[1].b.c more than once");
  EXPECT_EQ(ErrorOf(R"({"a": 1, "a": {"b": 1, "b": 2}})"), "has a, a.b more than once");
  EXPECT_EQ(ErrorOf(R"([{"a": 1}, {"a": 1}])"), "");
}

TEST(ParseJson, ANumberTooLargeIsAnErrorWithItsPath) {
  EXPECT_EQ(ErrorOf(R"({"a": [1, {"b": 1e999}]})"), "has a number that is too large, at a[1].b");
  EXPECT_EQ(ErrorOf(R"({"a": [1, -1e999]})"), "has a number that is too large, at a[1]");
  EXPECT_EQ(ErrorOf("1e999"), "has a number that is too large");
}

TEST(ParseJson, NestingIsLimited) {
  const auto nested = [](int depth, char open, char close) {
    const auto size = static_cast<std::size_t>(depth);
    return std::string(size, open) + std::string(size, close);
  };
  EXPECT_EQ(ErrorOf(nested(kJsonDepthLimit, '[', ']')), "");
  EXPECT_EQ(ErrorOf(nested(kJsonDepthLimit + 1, '[', ']')), "is nested more than 64 levels deep");
  EXPECT_EQ(ErrorOf(nested(10000, '[', ']')), "is nested more than 64 levels deep");
  EXPECT_EQ(ErrorOf("{\"a\": " + nested(10000, '[', ']') + "}"), "is nested more than 64 levels deep");
}

TEST(ParseJson, StopsWhereTheDepthLimitIsReached) {
  const std::string deep(1000, '[');
  const auto parsed = ParseJson(deep + " no JSON");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().what, "is nested more than 64 levels deep");
}

TEST(WipeStrings, OverwritesTheMemoryOfEveryValue) {
  const std::string secret = "a key that is longer than a short string";
  auto document = ParseJson(R"({"a": [1, {"b": ")" + secret + R"("}], "c": "short", "d": null})");
  ASSERT_TRUE(document.ok());
  const auto& text = (*document)["a"][1]["b"].get_ref<const std::string&>();
  const char* memory = text.data();
  WipeStrings(*document);
  EXPECT_EQ(std::string(memory, secret.size()), std::string(secret.size(), '\0'));
  EXPECT_EQ(*document, nlohmann::json::parse(R"({"a": [1, {"b": ""}], "c": "", "d": null})"));
}

}  // namespace
}  // namespace dockerext
