// SPDX-License-Identifier: MIT
#include "handler/agent/status_file.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"

namespace dockerext {
namespace {

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1795551480)};

TEST(RenderStatus, HasTheAgentsFormat) {
  const StatusReport report{StatusLevel::kSuccess, 0, "done", {{"engine", StatusLevel::kWarning, "odd", 3}}};
  EXPECT_EQ(
      RenderStatus(report, kNow),
      R"([{"version":"1.0","timestampUTC":"2026-11-24T20:18:00Z","status":{"name":"Docker","operation":"enable",)"
      R"("status":"success","code":0,"formattedMessage":{"lang":"en-US","message":"done"},"substatus":[{"name":)"
      R"("engine","status":"warning","code":3,"formattedMessage":{"lang":"en-US","message":"odd"}}]}}])"
      "\n");
}

TEST(RenderStatus, IsAlwaysAscii) {
  const StatusReport report{StatusLevel::kError, 1, "caf\xC3\xA9 \xFF\x01", {}};
  const std::string text = RenderStatus(report, kNow);
  EXPECT_TRUE(
      std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
  EXPECT_EQ(ParseStatus(text)->code, 1);
}

TEST(RenderStatus, StaysValidAndBelow64Kilobytes) {
  StatusReport report{StatusLevel::kError, 1, std::string(1 << 20, '\x01'), {}};
  for (int i = 0; i < 500; ++i)
    report.substatuses.push_back({"step", StatusLevel::kError, std::string(9000, 'y'), 1});
  const std::string text = RenderStatus(report, kNow);
  EXPECT_LT(text.size(), 64U * 1024U);
  ASSERT_TRUE(ParseStatus(text).has_value());
  EXPECT_FALSE(ParseStatus(text)->message.empty());
}

// Each of these bytes is escaped as six in the file.
TEST(RenderStatus, StaysBelow64KilobytesWhenEveryByteIsEscaped) {
  for (const std::string bytes : {"\x01", "\xFF", "\xC3\xA9", "\xF0\x9F\x90\xB3", "\""}) {
    std::string text;
    while (text.size() < 5000) text += bytes;
    StatusReport report{StatusLevel::kError, 53, text, {}};
    for (int i = 0; i < 30; ++i) report.substatuses.push_back({"step", StatusLevel::kError, text, 1});
    report.substatuses.push_back({"ErrorClarification", StatusLevel::kError, "fix it", 53});
    const std::string rendered = RenderStatus(report, kNow);
    EXPECT_LT(rendered.size(), 64U * 1024U);
    const auto parsed = ParseStatus(rendered);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->code, 53);
    EXPECT_EQ(parsed->substatuses.back().name, "ErrorClarification");
  }
}

// Whatever the limit that applies, a secret at any offset around it is hidden before the cut.
TEST(RenderStatus, HidesSecretsBeforeItCuts) {
  const std::string secret = "s3cret-hunter2";
  struct Cut {
    std::size_t limit;
    std::size_t substatuses;  // so many that this limit applies
  };
  for (const auto& [limit, substatuses] : {Cut{4000, 1}, Cut{1000, 20}, Cut{250, 100}}) {
    for (std::size_t offset = limit - 60; offset < limit + 5; offset += 3) {
      const std::string message = std::string(offset, 'x') + " http://user:" + secret +
                                  "@proxy.example:3128/ " + std::string(3500, 'y');
      StatusReport report{StatusLevel::kError, 1, message, {}};
      report.substatuses.resize(substatuses, {"step", StatusLevel::kError, message, 1});
      const std::string text = RenderStatus(report, kNow);
      EXPECT_LE(ParseStatus(text)->substatuses.back().message.size(), limit + 4);
      for (std::size_t at = 0; at + 4 <= secret.size(); ++at)
        ASSERT_EQ(text.find(secret.substr(at, 4)), std::string::npos) << limit << " " << offset;
    }
  }
}

TEST(ParseStatus, IsTheInverseOfRenderStatus) {
  const StatusReport report{StatusLevel::kTransitioning, 5, "working", {{"a", StatusLevel::kError, "b", 2}}};
  EXPECT_EQ(ParseStatus(RenderStatus(report, kNow)), report);
  for (const char* text : {"", "[]", "{}", "[null]", R"([{"status":{"status":"Success"}}])"}) {
    EXPECT_EQ(ParseStatus(text), std::nullopt) << text;
  }
}

TEST(HasSameResult, ComparesResultAndWarningsNotSteps) {
  const StatusReport first{
      StatusLevel::kSuccess, 0, "m", {{"engine", StatusLevel::kSuccess, "restarted (2.1 s)", 0}}};
  StatusReport second{StatusLevel::kSuccess, 0, "m", {}};
  EXPECT_TRUE(HasSameResult(first, second));
  StatusReport with_secret = first;
  with_secret.message = "http://user:pass@host";
  EXPECT_TRUE(HasSameResult(*ParseStatus(RenderStatus(with_secret, kNow)), with_secret));
  second.substatuses.push_back({"warning", StatusLevel::kWarning, "odd", 0});
  EXPECT_FALSE(HasSameResult(first, second));
}

TEST(WriteStatus, RewritesTheFileOnlyAfterAChange) {
  FakeClock clock;
  FakeFiles files(clock);
  files.PutFolder("/s");
  const StatusReport report{StatusLevel::kSuccess, 0, "m", {}};
  ASSERT_TRUE(WriteStatus(files, "/s", 4, report, kNow).ok());
  ASSERT_TRUE(WriteStatus(files, "/s", 4, report, kNow + std::chrono::hours(1)).ok());
  EXPECT_EQ(files.changes, 1);
  EXPECT_EQ(files.Mode("/s/4.status"), 0600_mode);
  EXPECT_EQ(ReadStatus(files, "/s", 4), report);
}

TEST(WriteStatus, NeverCreatesTheFolder) {
  FakeClock clock;
  FakeFiles files(clock);
  EXPECT_FALSE(WriteStatus(files, "/gone/status", 0, {}, kNow).ok());
  EXPECT_FALSE(files.Has("/gone"));
}

}  // namespace
}  // namespace dockerext
