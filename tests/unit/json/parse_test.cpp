// SPDX-License-Identifier: MIT
#include "handler/json/parse.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using nlohmann::json;

std::string FaultOf(const std::string& text) {
  const auto parsed = ParseJson(text);
  if (parsed.ok()) return "";
  EXPECT_EQ(parsed.error().code, Code::kInvalidSettings);
  return parsed.error().message;
}

TEST(ParseJson, GivesTheDocument) {
  EXPECT_EQ(*ParseJson(R"({"a": [1, {"b": null}], "c": {"a": 2}})"),
            (json{{"a", {1, {{"b", nullptr}}}}, {"c", {{"a", 2}}}}));
  EXPECT_EQ(*ParseJson("null"), json());
}

TEST(ParseJson, AByteOrderMarkIsNoFault) { EXPECT_EQ(*ParseJson("\xEF\xBB\xBF{}"), json::object()); }

TEST(ParseJson, NamesThePlaceAndNotTheContent) {
  EXPECT_EQ(FaultOf("{\"key\": \"secret\",\n  oops}"), "is not valid JSON (line 2, column 3)");
  EXPECT_EQ(FaultOf(""), "is not valid JSON (line 1, column 1)");
  EXPECT_EQ(FaultOf("{\"key\": \"secret"), "is not valid JSON (line 1, column 16)");
  EXPECT_EQ(FaultOf("{} {}"), "is not valid JSON (line 1, column 4)");
}

TEST(ParseJson, OtherEncodingsAreNamed) {
  EXPECT_EQ(FaultOf("{\"a\": \"\xFF\"}"), "is not UTF-8 (line 1, column 8)");
}

TEST(ParseJson, AKeyThatIsThereTwiceIsAFaultWithItsPath) {
  EXPECT_EQ(FaultOf(R"({"a": [{}, {"b": {"c": 1, "d": 2, "c": 3}}]})"),
            "has a[1].b.c more than once; keep one of them");
  EXPECT_EQ(FaultOf(R"({"a": 1, "a": {"b": 1, "b": 2}})"), "has a, a.b more than once; keep one of them");
  EXPECT_EQ(FaultOf(R"([{"a": 1}, {"a": 1}])"), "");
}

TEST(ParseJson, ANumberBeyondAllNumbersIsAFaultWithItsPath) {
  EXPECT_EQ(FaultOf(R"({"a": [1, {"b": 1e999}]})"), "has a number that is too large, at a[1].b");
  EXPECT_EQ(FaultOf(R"({"a": [1, -1e999]})"), "has a number that is too large, at a[1]");
  EXPECT_EQ(FaultOf("1e999"), "has a number that is too large");
}

TEST(ParseJson, NestingHasAnEnd) {
  const auto nested = [](int depth, char open, char close) {
    const auto size = static_cast<std::size_t>(depth);
    return std::string(size, open) + std::string(size, close);
  };
  EXPECT_EQ(FaultOf(nested(kJsonDepthLimit, '[', ']')), "");
  EXPECT_EQ(FaultOf(nested(kJsonDepthLimit + 1, '[', ']')), "is nested more than 64 levels deep");
  EXPECT_EQ(FaultOf(nested(10000, '[', ']')), "is nested more than 64 levels deep");
  EXPECT_EQ(FaultOf("{\"a\": " + nested(10000, '[', ']') + "}"), "is nested more than 64 levels deep");
}

}  // namespace
}  // namespace dockerext
