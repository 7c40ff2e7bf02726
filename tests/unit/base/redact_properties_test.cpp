// SPDX-License-Identifier: MIT
// What holds of redacted texts whatever they hold: made-up ones of all shapes.
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <random>
#include <string>
#include <string_view>

#include "handler/base/redact.hpp"

namespace dockerext {
namespace {

// Parts of all shapes in any order: what was hidden once is stable.
TEST(Redacted, IsIdempotent) {
  constexpr std::array kParts = {"http://",
                                 "://",
                                 "@",
                                 ":",
                                 "u:p@h",
                                 "\"",
                                 "\\\"",
                                 "'",
                                 " ",
                                 "\n",
                                 "token",
                                 "=",
                                 "password:",
                                 "map[",
                                 "]",
                                 "a:b",
                                 "?sig=",
                                 "&se=1",
                                 "sha256:",
                                 "proxy",
                                 "/",
                                 ",",
                                 "Bearer ",
                                 "abc123XY",
                                 "AKIAIOSFODNN7EXAMPLE",
                                 " (from flag: ",
                                 ", from file: ",
                                 ")",
                                 "-----BEGIN PRIVATE KEY-----",
                                 "-----END PRIVATE KEY-----",
                                 "Authorization: ",
                                 "%3A%2F%2F",
                                 "%40",
                                 "invalid port \":",
                                 "--",
                                 "***",
                                 "[",
                                 ";"};
  std::mt19937 random(15);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto count = 1 + random() % 12; count > 0; --count) text += kParts[random() % kParts.size()];
    const std::string once = Redacted(text);
    ASSERT_EQ(Redacted(once), once) << text;
  }
}

// No part of the secret that is long enough to be of use is shown.
bool Shows(const std::string& text, const std::string& secret) {
  constexpr std::size_t kPart = 5;
  for (std::size_t at = 0; at + kPart <= secret.size(); ++at) {
    if (text.find(secret.substr(at, kPart)) != std::string::npos) return true;
  }
  return false;
}

std::string RandomText(std::mt19937& random, std::string_view alphabet, std::size_t length) {
  std::string text;
  while (text.size() < length) text += alphabet[random() % alphabet.size()];
  return text;
}

// `%` stands for the secret. Within a URL and an argument it may hold all but blanks and quotes, within
// quotes blanks too.
TEST(Redacted, ShowsNoPartOfAPlantedSecret) {
  constexpr std::string_view kPlain = "abcdefghijKLMNOPQRST0123456789-_+=.";
  constexpr std::string_view kWord = "abcdefghijKLMNOPQRST0123456789-_+=.@:/?#&;,()[]{}!$^*|~<>";
  constexpr std::string_view kQuoted = "abcdefghijKLMNOPQRST0123456789-_+=.@:/?#&;,()[]{}!$^*|~<> ";
  struct Shape {
    const char* text;
    std::string_view alphabet;
  };
  constexpr std::array<Shape, 16> kShapes = {{
      {"http://user:x%@host:3128/", kWord},
      {"HTTP_PROXY=%@host", kWord},
      {"user:x%@host", kWord},
      {"parse \"http://user:x%@host\": invalid", kQuoted},
      {"https://a/b?sv=1&sig=%&se=2", kPlain},
      {"Authorization: Basic %", kWord},
      {"X-Registry-Auth: %", kWord},
      {"msg=\"Authorization: Bearer %\"", kWord},
      {"--log-opt=splunk-token=%", kWord},
      {"\"splunk-token=%\"", kQuoted},
      {"{\"password\":\"%\"}", kQuoted},
      {"log-opts: (from flag: map[a:%], from file: map[a:%])", kQuoted},
      {"aws_secret_access_key = %", kWord},
      {"-----BEGIN PRIVATE KEY-----\n%\n-----END PRIVATE KEY-----", kPlain},
      {"password: %", kWord},
      {"AKIA0123456789ABCDEF%", kPlain},
  }};
  std::mt19937 random(7);
  for (const Shape& shape : kShapes) {
    for (int round = 0; round < 500; ++round) {
      const std::string secret = "s" + RandomText(random, shape.alphabet, 6 + random() % 30) + "e";
      std::string text = shape.text;
      for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', at + secret.size()))
        text.replace(at, 1, secret);
      const std::string shown = Redacted("before " + text + " after\nnext");
      ASSERT_FALSE(Shows(shown, secret)) << text << "\n" << shown;
      EXPECT_THAT(shown, testing::StartsWith("before "));
      EXPECT_THAT(shown, testing::EndsWith("\nnext"));
    }
  }
}

// A program that root runs can print anything; the status must be written all the same.
TEST(Redacted, TakesNoLongerForHostileText) {
  for (const std::string part : {"@",
                                 "://",
                                 "map[",
                                 "token=",
                                 "\"",
                                 "a:b@",
                                 "(from flag: ",
                                 "sig=",
                                 "AKIA",
                                 "eyJ",
                                 "bearer ",
                                 "-----END PRIVATE KEY-----",
                                 "invalid port \"",
                                 "%3a%2f%2f",
                                 "--token ",
                                 "//",
                                 "=//",
                                 " //a:b",
                                 "?key=",
                                 "&code=",
                                 "token=***",
                                 "password: x\n",
                                 "://a:b ",
                                 "sig=***",
                                 "=token "}) {
    std::string text;
    while (text.size() < 256 * 1024) text += part;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_LE(Redacted(text).size(), 3 * text.size()) << part;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << part;
  }
}

}  // namespace
}  // namespace dockerext
