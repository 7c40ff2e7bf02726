// SPDX-License-Identifier: MIT
// What real engines make of odd files is held against our reader in daemon_json_corpus_test.cpp.
#include "handler/docker/daemon_json.hpp"

#include <gmock/gmock.h>

namespace dockerext {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOldEngine = "20.10.24+dfsg1";
constexpr const char* kEngine = "26.1.5+dfsg1";

Result<DaemonJson> Read(std::string_view text, std::string_view engine = kEngine) {
  return ReadDaemonJson(text, engine, "/srv/daemon.json");
}

std::string MessageFor(std::string_view text, std::string_view engine = kEngine) {
  const auto read = Read(text, engine);
  return read.ok() ? "(accepted)" : read.error().Message();
}

TEST(ReadDaemonJson, ReadsEmptyTextAndNullAsAnEmptyObjectAsDockerdDoes) {
  for (const char* text : {"", " \n", "null", "{}"}) {
    const auto read = Read(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_THAT(read->keys, IsEmpty());
    EXPECT_EQ(read->live_restore, std::nullopt);
  }
}

TEST(ReadDaemonJson, NamesTheFileThePlaceAndWhatToDo) {
  const auto read = Read("{\n  \"debug\": true,\n}");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::kInvalidSettings);
  EXPECT_EQ(read.error().Message(),
            "'/srv/daemon.json' is not valid JSON (line 3, column 1), so dockerd would not start; fix or "
            "remove it");
}

TEST(ReadDaemonJson, SaysWhatIsWrongWithTheText) {
  EXPECT_THAT(MessageFor("[]"), HasSubstr("is not a JSON object"));
  EXPECT_THAT(MessageFor("{} # note"), HasSubstr("has more text after its JSON value (line 1, column 4)"));
  EXPECT_THAT(MessageFor("{\"a\": \"\xE9\"}"), HasSubstr("is not valid UTF-8 (line 1, column 8)"));
  EXPECT_THAT(MessageFor("", kOldEngine), HasSubstr("is empty, which dockerd accepts since 23.0 only"));
  EXPECT_THAT(MessageFor("\xEF\xBB\xBF{}", kOldEngine), HasSubstr("begins with a byte order mark"));
  EXPECT_THAT(MessageFor("{\"live-restore\": \"true\"}"),
              HasSubstr("live-restore that is neither true nor false"));
  EXPECT_THAT(MessageFor("{\"data-root\": 1}"), HasSubstr("data-root that is not a string"));
  EXPECT_THAT(MessageFor("{\"authorization-plugins\": \"a\"}"), HasSubstr("that are not a list"));
  EXPECT_THAT(MessageFor("{\"Live-Restore\": true}"),
              AllOf(HasSubstr("'Live-Restore'"), HasSubstr("instead of 'live-restore'")));
}

TEST(ReadDaemonJson, IgnoresWhatFollowsTheFirstValueForEnginesBefore23Only) {
  for (const char* text : {"{\"debug\": true}{\"live-restore\": true}", "{\"debug\": true} # note"}) {
    for (const char* engine : {kOldEngine, "19.03.15"}) {
      const auto read = Read(text, engine);
      ASSERT_TRUE(read.ok()) << read.error().Message();
      EXPECT_THAT(read->keys, ElementsAre("debug"));
      EXPECT_EQ(read->live_restore, std::nullopt);
    }
    for (const char* engine : {"23.0.0", kEngine, "29.1.3", "", "dev", "0.0.0-20260101"}) {
      EXPECT_FALSE(Read(text, engine).ok()) << engine;
    }
  }
}

TEST(ReadDaemonJson, IsAsStrictAsTheStrictestForAnUnknownEngine) {
  EXPECT_FALSE(Read("", "").ok());
  EXPECT_FALSE(Read("\xEF\xBB\xBF{}", "dev").ok());
  EXPECT_TRUE(Read("{\"debug\": true}\n", "").ok());
}

TEST(ReadDaemonJson, FlattensObjectsThatAreNoOptionsValueAsDockerdDoes) {
  const auto read = Read(
      R"({"proxies": {"http-proxy": "x"}, "log-opts": {"labels": "y"}, "x": {"hosts": []}, "y": {}, "debug": true})");
  EXPECT_THAT(read->keys, ElementsAre("http-proxy", "log-opts", "hosts", "debug"));
}

TEST(ReadDaemonJson, ReadsTheValuesThatWeNeed) {
  const auto read = Read(
      R"({"live-restore": false, "authorization-plugins": ["a", "b"], "data-root": "\/srv\/d\u00e9", "metrics-addr": "127.0.0.1:9323"})");
  EXPECT_EQ(read->live_restore, false);
  EXPECT_THAT(read->authorization_plugins, ElementsAre("a", "b"));
  EXPECT_EQ(read->data_root, "/srv/d\xC3\xA9");
  EXPECT_EQ(read->metrics_address, "127.0.0.1:9323");
}

TEST(ReadDaemonJson, TakesTheLastOfDuplicatesAndLeavesItForANull) {
  const auto read = Read(
      R"({"live-restore": false, "live-restore": true, "live-restore": null, "data-root": "/a", "data-root": "/b",
          "authorization-plugins": ["a", "b"], "authorization-plugins": ["c"]})");
  EXPECT_EQ(read->live_restore, true);
  EXPECT_EQ(read->data_root, "/b");
  EXPECT_THAT(read->authorization_plugins, ElementsAre("c"));
}

TEST(ReadDaemonJson, ReadsTheEncodingThatTheMarkNames) {
  using std::string_literals::operator""s;
  const std::string text = "\xFF\xFE{\0\"\0l\0i\0v\0e\0-\0r\0e\0s\0t\0o\0r\0e\0\"\0:\0t\0r\0u\0e\0}\0"s;
  EXPECT_EQ(Read(text)->live_restore, true);
}

TEST(ReadDaemonJson, ReplacesWhatIsNoCharacterAsGoDoes) {
  EXPECT_EQ(Read("{\"data-root\": \"/\\ud83d\xE9\\udc33\\ud83d\\udc33\"}", kOldEngine)->data_root,
            "/\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x90\xB3");
}

TEST(WithLiveRestore, KeepsEveryByteThatOthersWrote) {
  EXPECT_EQ(WithLiveRestore("{ \"debug\" :true,\n\t\"labels\": [\"b=1\",\"a=2\"] }", true),
            "{\n    \"live-restore\": true, \"debug\" :true,\n\t\"labels\": [\"b=1\",\"a=2\"] }");
  EXPECT_EQ(WithLiveRestore("{ }", false), "{\n    \"live-restore\": false }");
  EXPECT_EQ(WithLiveRestore("\xEF\xBB\xBF\n{\"a\":1} # note", true),
            "\xEF\xBB\xBF\n{\n    \"live-restore\": true,\"a\":1} # note");
}

TEST(WithLiveRestore, MakesAnObjectWhereThereIsNone) {
  EXPECT_EQ(WithLiveRestore("", true), "{\n    \"live-restore\": true\n}\n");
  EXPECT_EQ(WithLiveRestore(" \n", true), "{\n    \"live-restore\": true\n}\n");
  EXPECT_EQ(WithLiveRestore("null\n", true), "{\n    \"live-restore\": true\n}\n");
}

TEST(WithLiveRestore, ReplacesTheValueThatTheEngineUsesAndNothingElse) {
  EXPECT_EQ(WithLiveRestore(R"({"b": 1, "live-restore" : true , "a": 2})", false),
            R"({"b": 1, "live-restore" : false , "a": 2})");
  EXPECT_EQ(WithLiveRestore(R"({"live-restore": true, "live-restore": null})", false),
            R"({"live-restore": true, "live-restore": false})");
  EXPECT_EQ(WithLiveRestore(R"({"live\u002drestore": false})", true), R"({"live\u002drestore": true})");
}

TEST(WithLiveRestore, LeavesAKeyInAnotherObjectAlone) {
  EXPECT_EQ(WithLiveRestore(R"({"x": {"live-restore": false}})", true),
            "{\n    \"live-restore\": true,\"x\": {\"live-restore\": false}}");
}

TEST(WithoutLiveRestore, RemovesTheKeyWhereverItStands) {
  EXPECT_EQ(WithoutLiveRestore(R"({"b": 1, "live-restore": true, "a": 2})"), R"({"b": 1, "a": 2})");
  EXPECT_EQ(WithoutLiveRestore("{\n  \"live-restore\": true,\n  \"a\": 2\n}"), "{\n  \"a\": 2\n}");
  EXPECT_EQ(WithoutLiveRestore("{\n  \"a\": 2,\n  \"live-restore\": true\n}"), "{\n  \"a\": 2\n}");
  EXPECT_EQ(WithoutLiveRestore("{\n  \"live-restore\": true\n}\n"), "{\n}\n");
  EXPECT_EQ(WithoutLiveRestore("{ \"b\":1 }"), "{ \"b\":1 }");
}

TEST(WithoutLiveRestore, UndoesOurEditToTheByte) {
  for (const char* text :
       {"{}", "{ }", "{\r\n\t\"debug\": true }\r\n", "{\"debug\": true}{}", " {\"a\":[1,{}]} # note"}) {
    EXPECT_EQ(WithoutLiveRestore(WithLiveRestore(text, true)), text);
  }
}

TEST(WithoutLiveRestore, KeepsWhatItsOwnerAddedAfterOurEdit) {
  const std::string ours = WithLiveRestore(R"({"debug": true})", true);
  EXPECT_EQ(WithoutLiveRestore(ours + "{\"log-level\":\"info\"}"), R"({"debug": true}{"log-level":"info"})");
  EXPECT_EQ(WithoutLiveRestore(ours + " # note"), R"({"debug": true} # note)");
  EXPECT_EQ(WithoutLiveRestore(ours + "{\"live-restore\": false}"),
            R"({"debug": true}{"live-restore": false})");
  EXPECT_EQ(WithoutLiveRestore("{\n    \"mtu\": 1400, \"live-restore\": true,\"debug\": true}"),
            "{\n    \"mtu\": 1400,\"debug\": true}");
}

TEST(WithoutLiveRestore, KeepsALaterKeyOfTheOwner) {
  EXPECT_EQ(WithoutLiveRestore("{\n    \"live-restore\": true,\"debug\": true, \"live-restore\": false}"),
            "{\"debug\": true, \"live-restore\": false}");
}

TEST(WithoutLiveRestore, LeavesATextThatItCannotReadAlone) {
  for (const char* text : {"", "null", "[]", "{\"live-restore\": true", "# note\n{\"live-restore\": true}"}) {
    EXPECT_EQ(WithoutLiveRestore(text), text);
  }
}

TEST(KeyOfOption, MapsPluralsAndTheOptionThatMerges) {
  EXPECT_EQ(KeyOfOption("--label=a=b"), "labels");
  EXPECT_EQ(KeyOfOption("--data-root=/x"), "data-root");
  EXPECT_EQ(KeyOfOption("--debug"), "debug");
  EXPECT_EQ(KeyOfOption("--add-runtime=x=y"), "");
}

}  // namespace
}  // namespace dockerext
