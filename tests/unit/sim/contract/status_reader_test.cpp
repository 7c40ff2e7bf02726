// SPDX-License-Identifier: MIT
#include "tests/sim/contract/status_reader.hpp"

#include "tests/support/sim_fixtures.hpp"

namespace dockerext::contract {
namespace {

using testing::HasSubstr;

std::string Wrapped(const std::string& status) {
  return R"([{"version":1,"timestampUTC":"2026-01-01T00:00:00Z","status":)" + status + "}]";
}

TEST(ClassifyStatus, ReportsWhatIsValid) {
  const auto reading = ClassifyStatus(Wrapped(
      R"({"name":"x","operation":"enable","status":"transitioning","code":3,)"
      R"("formattedMessage":{"lang":"en-US","message":"working"},"substatus":[)"
      R"({"name":"packages","status":"success","code":0,"formattedMessage":{"lang":"en-US","message":"done"}},)"
      R"(null,{"name":"tls","status":"error"}]})"));
  EXPECT_EQ(reading.kind, StatusKind::kReported);
  EXPECT_EQ(reading.top, (StatusPart{"x", "transitioning", "3", "working"}));
  ASSERT_EQ(reading.parts.size(), 2U);
  EXPECT_EQ(reading.parts[0], (StatusPart{"packages", "success", "0", "done"}));
  EXPECT_EQ(reading.parts[1], (StatusPart{"tls", "error", "0", ""}));
}

TEST(ClassifyStatus, AcceptsNullsWhereTheAgentDoes) {
  const auto reading =
      ClassifyStatus(Wrapped(R"({"status":"success","formattedMessage":null,"substatus":null})"));
  EXPECT_EQ(reading.kind, StatusKind::kReported);
  EXPECT_EQ(reading.top.status, "success");
  EXPECT_EQ(ClassifyStatus(Wrapped(R"({"status":"success"})")).kind, StatusKind::kReported);
}

TEST(ClassifyStatus, TurnsAnUnknownStatusIntoErrorSilently) {
  for (const char* status : {"Success", "failed", ""}) {
    const auto reading = ClassifyStatus(Wrapped(std::string(R"({"status":")") + status + R"(","code":7,)" +
                                                R"("formattedMessage":{"lang":"en","message":"kept"}})"));
    EXPECT_EQ(reading.kind, StatusKind::kReported);
    EXPECT_EQ(reading.top.status, "error");
    EXPECT_EQ(reading.top.code, "7");
    EXPECT_EQ(reading.top.message, "kept");
  }
}

struct Wrong {
  const char* text;
  const char* message;
};

class Invalid : public testing::TestWithParam<Wrong> {};

TEST_P(Invalid, IsError1012) {
  const auto reading = ClassifyStatus(GetParam().text);
  EXPECT_EQ(reading.kind, StatusKind::kInvalid) << GetParam().text;
  EXPECT_EQ(reading.top.status, "error");
  EXPECT_EQ(reading.top.code, "1012");
  EXPECT_THAT(reading.top.message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Each, Invalid,
    testing::Values(Wrong{R"([{"status":{"status":"success","substatus":[{"status":"Success"}]}}])",
                          "Invalid value Success in range"},
                    Wrong{R"([{"status":{"status":"success","substatus":[{"name":"x"}]}}])",
                          "Missing substatus/status key"},
                    Wrong{R"([{"version":1}])", "Missing status key"},
                    Wrong{R"([{"status":{"code":1}}])", "Missing status/status key"},
                    Wrong{R"([{"status":{"status":"success","formattedMessage":{"message":"m"}}}])",
                          "Missing formattedMessage/lang key"},
                    Wrong{R"([{"status":{"status":"success","formattedMessage":{"lang":"l"}}}])",
                          "Missing formattedMessage/message key"},
                    Wrong{R"([{"status":"text"}])", "Missing status/status key"},
                    Wrong{"{}", "The extension status must be an array: {}"},
                    Wrong{"\"text\"", "The extension status must be an array: text"}));

TEST(ClassifyStatus, RetriesWhatDoesNotParse) {
  for (const char* text : {"", "[{\"status\":", "\xEF\xBB\xBF[]", "not json"}) {
    const auto reading = ClassifyStatus(text);
    EXPECT_EQ(reading.kind, StatusKind::kInvalid);
    EXPECT_TRUE(reading.retry);
    EXPECT_EQ(reading.top.code, "1012");
  }
  EXPECT_FALSE(ClassifyStatus("{}").retry);
}

TEST(ClassifyStatus, DetectsAnEmptyReport) {
  EXPECT_EQ(ClassifyStatus("[]").kind, StatusKind::kEmpty);
  EXPECT_EQ(ClassifyStatus("null").kind, StatusKind::kEmpty);
}

TEST(ClassifyStatus, DetectsWhatCrashesTheAgentsReader) {
  for (const char* text :
       {"[null]", R"([{"status":null}])", "[5]", "[{\"status\":{\"status\":\"success\"},\"x\":\"\xFF\"}]",
        R"([{"status":{"status":"success","substatus":3}}])",
        R"([{"status":{"status":"success","substatus":[3]}}])",
        R"([{"status":{"status":"success","formattedMessage":3}}])", R"([["status"]])"}) {
    EXPECT_EQ(ClassifyStatus(text).kind, StatusKind::kBlobLost) << text;
  }
}

TEST(ClassifyStatus, RequiresEveryMessageAboveTheTruncationSize) {
  const std::string big(140000, 'x');
  const std::string message = R"(,"formattedMessage":{"lang":"en","message":"m"})";
  const auto kind = [](const std::string& status) { return ClassifyStatus(Wrapped(status)).kind; };
  EXPECT_EQ(kind(R"({"status":"success","name":")" + big + "\"" + message + "}"), StatusKind::kReported);
  EXPECT_EQ(kind(R"({"status":"success","name":")" + big + "\"}"), StatusKind::kBlobLost);
  EXPECT_EQ(kind(R"({"status":"success","name":")" + big + "\"" + message +
                 R"(,"substatus":[{"status":"success","name":"n"}]})"),
            StatusKind::kBlobLost);
  EXPECT_EQ(kind(R"({"status":"success","name":")" + big + "\"" + message +
                 R"(,"substatus":[{"status":"success","name":"n")" + message + "}]}"),
            StatusKind::kReported);
  EXPECT_EQ(kind(R"({"status":"success","name":")" + std::string(130000, 'x') + "\"}"),
            StatusKind::kReported);
}

using ReadStatus = FolderTest;

TEST_F(ReadStatus, DistinguishesAbsentFromUnreadable) {
  EXPECT_EQ(ReadStatusFile(Path("0.status")).kind, StatusKind::kAbsent);
  ASSERT_OK(MakeFolder(Path("1.status"), 0700_mode));
  const auto reading = ReadStatusFile(Path("1.status"));
  EXPECT_EQ(reading.kind, StatusKind::kUnreadable);
  EXPECT_EQ(reading.top.code, "-1");
  EXPECT_TRUE(reading.retry);
}

// A status file with a message of `message` characters and `substatuses` substatuses, each with a message of
// `field` characters.
std::string StatusOf(std::size_t message, std::size_t substatuses, std::size_t field) {
  Json status = {{"status", "success"}, {"code", 0}};
  status["formattedMessage"] = {{"lang", "en"}, {"message", std::string(message, 'm')}};
  for (std::size_t i = 0; i < substatuses; ++i) {
    status["substatus"].push_back(
        {{"name", std::to_string(i)},
         {"status", "success"},
         {"formattedMessage", {{"lang", "en"}, {"message", std::string(field, 's')}}}});
  }
  Json all = Json::array();
  all.push_back({{"status", status}});
  return DumpAsPython(all);
}

TEST(Truncation, LeavesWhatFits) {
  const StatusReading reading = ClassifyStatus(StatusOf(100000, 1, 20000));
  EXPECT_FALSE(reading.truncated);
  EXPECT_EQ(reading.top.message.size(), 100000U);
  EXPECT_EQ(reading.parts[0].message.size(), 20000U);
}

TEST(Truncation, TruncatesMessagesAndDropsTheLastSubstatuses) {
  const StatusReading reading = ClassifyStatus(StatusOf(2000, 14, 11000));
  EXPECT_TRUE(reading.truncated);
  EXPECT_EQ(reading.top.message, std::string(1024, 'm') + " ... [TRUNCATED]");
  // 1040 and 12 times 1 or 2 for the name and 10256 for the message: a 13th would pass 131072.
  EXPECT_EQ(reading.parts.size(), 12U);
  EXPECT_EQ(reading.parts[11].message, std::string(10240, 's') + " ... [TRUNCATED]");
}

TEST(Truncation, TruncatesATextOfExactlyTheLimit) {
  EXPECT_THAT(ClassifyStatus(StatusOf(1024, 14, 11000)).top.message, HasSubstr("TRUNCATED"));
  EXPECT_THAT(ClassifyStatus(StatusOf(1023, 14, 11000)).top.message, Not(HasSubstr("TRUNCATED")));
}

}  // namespace
}  // namespace dockerext::contract
