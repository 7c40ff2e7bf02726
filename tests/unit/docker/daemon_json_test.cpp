// SPDX-License-Identifier: MIT
#include "handler/docker/daemon_json.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ReadDaemonJson, ReadsEmptyTextAndNullAsAnEmptyObjectAsDockerdDoes) {
  for (const char* text : {"", " \n", "null", "{}"}) {
    const auto read = ReadDaemonJson(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_THAT(read->keys, IsEmpty());
    EXPECT_EQ(read->live_restore, std::nullopt);
  }
}

TEST(ReadDaemonJson, RejectsWhatDockerdRejectsAndNamesTheFile) {
  for (const char* text :
       {"{", "[]", "{\"a\": 1,}", "// comment\n{}", "\"x\"", "{\"live-restore\": \"true\"}"}) {
    const auto read = ReadDaemonJson(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, Code::kInvalidSettings);
    EXPECT_THAT(read.error().message, HasSubstr("'/etc/docker/daemon.json'"));
  }
}

TEST(ReadDaemonJson, FlattensObjectsThatAreNoOptionsValue) {
  const auto read = ReadDaemonJson(
      R"({"proxies": {"http-proxy": "x"}, "log-opts": {"labels": "y"}, "live-restore": false, "authorization-plugins": ["a"]})");
  EXPECT_THAT(read->keys,
              ElementsAre("proxies", "http-proxy", "log-opts", "live-restore", "authorization-plugins"));
  EXPECT_EQ(read->live_restore, false);
  EXPECT_THAT(read->authorization_plugins, ElementsAre("a"));
}

TEST(WithLiveRestore, KeepsEveryByteThatOthersWrote) {
  EXPECT_EQ(WithLiveRestore("{ \"debug\" :true,\n\t\"labels\": [\"b=1\",\"a=2\"] }", true),
            "{\n    \"live-restore\": true, \"debug\" :true,\n\t\"labels\": [\"b=1\",\"a=2\"] }");
  EXPECT_EQ(WithLiveRestore("", true), "{\n    \"live-restore\": true\n}\n");
  EXPECT_EQ(WithLiveRestore("{ }", false), "{\n    \"live-restore\": false\n}\n");
}

TEST(WithLiveRestore, ReplacesAnExistingValue) {
  const std::string text = WithLiveRestore(R"({"b": 1, "live-restore": true, "a": 2})", false);
  EXPECT_EQ(ReadDaemonJson(text)->live_restore, false);
  EXPECT_THAT(ReadDaemonJson(text)->keys, ElementsAre("b", "live-restore", "a"));
}

TEST(WithoutLiveRestore, RemovesOnlyLiveRestore) {
  const std::string text = WithoutLiveRestore(R"({"b": 1, "live-restore": true, "a": 2})");
  EXPECT_THAT(ReadDaemonJson(text)->keys, ElementsAre("b", "a"));
  EXPECT_EQ(WithoutLiveRestore("{ \"b\":1 }"), "{ \"b\":1 }");
}

TEST(KeyOfOption, MapsPluralsAndTheOptionThatMerges) {
  EXPECT_EQ(KeyOfOption("--label=a=b"), "labels");
  EXPECT_EQ(KeyOfOption("--data-root=/x"), "data-root");
  EXPECT_EQ(KeyOfOption("--debug"), "debug");
  EXPECT_EQ(KeyOfOption("--add-runtime=x=y"), "");
}

}  // namespace
}  // namespace dockerext
