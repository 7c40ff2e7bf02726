// SPDX-License-Identifier: MIT
#include "handler/state/ledger.hpp"
#include "handler/state/folders.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kThisVm = "4c4c4544-0042-3510-8052-b4c04f4e3732";
constexpr const char* kThisVmSwapped = "44454c4c-4200-1035-8052-b4c04f4e3732";
constexpr const char* kOtherVm = "4c4c4544-0042-3510-8052-000000000001";

class LedgerFile : public testing::Test {
 protected:
  void SetUp() override {
    files.PutFolder("/etc");
    files.PutFolder("/var/lib");
    files.Put("/sys/class/dmi/id/product_uuid", kThisVm);
  }

  void Put(json document) {
    if (!document.contains("majorVersion")) document["majorVersion"] = 1;
    files.Put(LedgerPath(), document.dump());
  }
  json Document() { return json::parse(files.Content(LedgerPath())); }
  Status Amend(const std::function<void(Ledger&)>& change) { return AmendLedger(files, change); }

  FakeClock clock;
  FakeFiles files{clock};
  const Ledger full{
      .packages = {"docker.io", "runc"},
      .unmarked_packages = {"runc"},
      .installing = true,
      .repository_files = {"/etc/apt/sources.list.d/docker-extension.sources"},
      .repository_keys = {"gpg-pubkey-621e9f35-58ade481"},
      .former_repository = FormerRepository{{{"/etc/yum.repos.d/d.repo", "[d]\n"}}},
      .folders = {"/etc/docker"},
      .started_engine = true,
      .started_socket = true,
      .enabled_engine = true,
      .firewall_rules = {{"firewalld", "runtime", "public", 4243}},
      .uninstall_policy = "packages",
      .live_restore = LiveRestoreRecord{"{}", 0600, 1, 2, 3, "/x"},
      .last_known_good = LastKnownGood{"text", false, false, true},
      .cached_plan = CachedPlan{"ab", "1.0.0", 1, 2, R"({"port":4243})", "28.5.2", {"warning"}}};
};

TEST_F(LedgerFile, IsLoadedAsItWasSaved) {
  ASSERT_TRUE(SaveLedger(files, full).ok());
  EXPECT_EQ(*LoadLedger(files), full);
  ASSERT_TRUE(SaveLedger(files, {}).ok());
  EXPECT_EQ(*LoadLedger(files), Ledger{});
  EXPECT_EQ(files.Mode("/var/lib/docker-extension"), 0700_mode);
  EXPECT_EQ(files.Mode(LedgerPath()), 0600_mode);
}

TEST_F(LedgerFile, EveryFieldHasItsKey) {
  ASSERT_TRUE(SaveLedger(files, full).ok());
  EXPECT_EQ(Document(), json::parse(R"({
    "majorVersion": 1, "vm": "4c4c4544-0042-3510-8052-b4c04f4e3732",
    "packages": ["docker.io", "runc"], "unmarkedPackages": ["runc"], "installing": true, "folders": ["/etc/docker"],
    "repositoryFiles": ["/etc/apt/sources.list.d/docker-extension.sources"],
    "repositoryKeys": ["gpg-pubkey-621e9f35-58ade481"],
    "formerRepository": {"files": [{"path": "/etc/yum.repos.d/d.repo", "text": "[d]\n"}]},
    "startedEngine": true, "startedSocket": true, "enabledEngine": true,
    "firewallRules": [{"firewall": "firewalld", "place": "runtime", "zone": "public", "port": 4243}],
    "uninstallPolicy": "packages",
    "liveRestore": {"original": "{}", "mode": 384, "owner": 1, "group": 2, "modified": 3, "path": "/x"},
    "lastKnownGood": {"dropIn": "text", "engineRan": false, "liveRestore": false, "verified": true},
    "cachedPlan": {"settingsSha256": "ab", "version": "1.0.0", "validFrom": 1, "validUntil": 2, "target": {"port": 4243},
                   "engineVersion": "28.5.2", "warnings": ["warning"]}})"));
}

TEST_F(LedgerFile, ACachedTargetIsReturnedToTheByte) {
  for (const char* target : {R"({"a":1,"b":[2]})", R"({"b": 1})", R"({"b":1,"a":2})", "no JSON", "5", ""}) {
    ASSERT_TRUE(SaveLedger(files, {.cached_plan = CachedPlan{.target = target}}).ok());
    EXPECT_EQ(LoadLedger(files)->cached_plan->target, target);
  }
}

TEST_F(LedgerFile, UnknownKeysArePreservedAtEveryLevel) {
  Put({{"later", {{"a", 1}}},
       {"lastKnownGood", {{"dropIn", "old"}, {"later", 2}}},
       {"liveRestore", {{"mode", 1}, {"later", 3}}},
       {"cachedPlan", {{"version", "1.0.0"}, {"later", 4}}}});
  ASSERT_TRUE(Amend([this](Ledger& ledger) { ledger = full; }).ok());
  EXPECT_EQ(*LoadLedger(files), full);
  EXPECT_EQ(Document()["later"], json({{"a", 1}}));
  EXPECT_EQ(Document()["lastKnownGood"]["later"], 2);
  EXPECT_EQ(Document()["liveRestore"]["later"], 3);
  EXPECT_EQ(Document()["cachedPlan"]["later"], 4);
}

TEST_F(LedgerFile, AKeyThatIsAbsentHasItsDefault) {
  Put({{"lastKnownGood", {{"dropIn", "x"}}}, {"liveRestore", json::object()}});
  EXPECT_EQ(LoadLedger(files)->uninstall_policy, "auto");
  EXPECT_EQ(LoadLedger(files)->last_known_good, (LastKnownGood{"x", true, true, false}));
  EXPECT_EQ(LoadLedger(files)->live_restore, LiveRestoreRecord{});
}

struct UnreadablePart {
  const char* key;
  json value;
};

const UnreadablePart kUnreadableParts[] = {
    {"packages", 5},
    {"folders", {{"a", 1}}},
    {"installing", "yes"},
    {"firewallRules", {{"a", 1}}},
    {"firewallRules", {{{"firewall", "ufw"}}, 5}},
    {"firewallRules", {{{"port", "text"}}}},
    {"uninstallPolicy", nullptr},
    {"lastKnownGood", "text"},
    {"lastKnownGood", {{"dropIn", 5}, {"verified", true}}},
    {"liveRestore", {{"original", json::array()}}},
    {"cachedPlan", json::array()},
    {"cachedPlan", {{"version", "2.0.0"}, {"target", 7}}},
};

TEST_F(LedgerFile, APartThatCannotBeReadCostsThatPartOnlyAndStays) {
  for (const auto& [key, value] : kUnreadableParts) {
    Put({{key, value}, {"enabledEngine", true}});
    EXPECT_EQ(*LoadLedger(files), (Ledger{.enabled_engine = true})) << key;
    ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.started_engine = true; }).ok());
    EXPECT_EQ(Document()[key], value);
    EXPECT_EQ(*LoadLedger(files), (Ledger{.started_engine = true, .enabled_engine = true}));
  }
}

TEST_F(LedgerFile, APartThatCouldNotBeReadIsWrittenWholeWhenItIsSet) {
  for (const auto& [key, value] : kUnreadableParts) {
    Put({{key, value}});
    ASSERT_TRUE(Amend([this](Ledger& ledger) { ledger = full; }).ok());
    EXPECT_EQ(*LoadLedger(files), full) << key;
  }
  Put({{"lastKnownGood", {{"dropIn", 5}}}});
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.last_known_good = LastKnownGood{}; }).ok());
  EXPECT_EQ(LoadLedger(files)->last_known_good, LastKnownGood{});
}

TEST_F(LedgerFile, APartThatIsTakenAwayLeavesNothing) {
  ASSERT_TRUE(SaveLedger(files, full).ok());
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.cached_plan = std::nullopt; }).ok());
  EXPECT_FALSE(Document().contains("cachedPlan"));
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.live_restore->original = std::nullopt; }).ok());
  EXPECT_EQ(Document()["liveRestore"],
            json::parse(R"({"mode": 384, "owner": 1, "group": 2, "modified": 3, "path": "/x"})"));
}

TEST_F(LedgerFile, WhatIsNoObjectOrOfAnotherMajorVersionIsNeverOverwritten) {
  for (const char* text :
       {R"({"majorVersion": 2})", "{}", "{", "[]", "", "{\"majorVersion\": 1, \"a\": \"\xff\"}"}) {
    files.Put(LedgerPath(), text);
    EXPECT_EQ(LoadLedger(files).error().code, Code::kInternal) << text;
    EXPECT_FALSE(Amend([](Ledger& ledger) { ledger.installing = true; }).ok()) << text;
    EXPECT_EQ(files.Content(LedgerPath()), text);
  }
}

TEST_F(LedgerFile, BytesThatAreNotUtf8AreAnErrorThatLeavesTheFile) {
  ASSERT_TRUE(SaveLedger(files, full).ok());
  const Status saved = Amend([](Ledger& ledger) { ledger.live_restore->original = "{\"a\": \"\xff\"}"; });
  EXPECT_THAT(saved.error().Message(), HasSubstr("ledger.json' is to record has bytes that are not UTF-8"));
  EXPECT_EQ(*LoadLedger(files), full);
}

TEST_F(LedgerFile, AnAmendmentThatChangesNothingWritesNothing) {
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.installing = true; }).ok());
  files.changes = 0;
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.installing = true; }).ok());
  EXPECT_EQ(files.changes, 0);
}

TEST_F(LedgerFile, OnAnotherVmNothingIsKnownToWork) {
  ASSERT_TRUE(SaveLedger(files, full).ok());
  files.Put("/sys/class/dmi/id/product_uuid", kOtherVm);
  Ledger expected = full;
  expected.last_known_good = std::nullopt;
  expected.cached_plan = std::nullopt;
  expected.of_other_vm = true;
  EXPECT_EQ(*LoadLedger(files), expected);
}

TEST_F(LedgerFile, TheFirstSaveMakesItThisVms) {
  for (const bool changes : {false, true}) {
    Put({{"vm", kOtherVm},
         {"later", 1},
         {"lastKnownGood", {{"dropIn", "x"}}},
         {"cachedPlan", {{"version", "1.0.0"}}}});
    ASSERT_TRUE(Amend([&](Ledger& ledger) { ledger.installing = changes; }).ok());
    EXPECT_EQ(*LoadLedger(files), Ledger{.installing = changes});
    EXPECT_EQ(Document()["vm"], kThisVm);
    EXPECT_EQ(Document()["later"], 1);
  }
  Put({{"vm", kOtherVm}, {"lastKnownGood", {{"dropIn", "x"}, {"engineRan", false}}}});
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.last_known_good = LastKnownGood{"y"}; }).ok());
  EXPECT_EQ(LoadLedger(files)->last_known_good, LastKnownGood{"y"});
}

TEST_F(LedgerFile, EitherByteOrderNoVmAndAnUnreadableIdentityAreThisVm) {
  for (const json& vm : {json(kThisVm), json(kThisVmSwapped), json(""), json()}) {
    Put({{"vm", vm}, {"lastKnownGood", {{"dropIn", "x"}}}});
    EXPECT_FALSE(LoadLedger(files)->of_other_vm) << vm;
    EXPECT_TRUE(LoadLedger(files)->last_known_good) << vm;
  }
  Put({{"vm", kOtherVm}});
  files.Erase("/sys/class/dmi/id/product_uuid");
  EXPECT_FALSE(LoadLedger(files)->of_other_vm);
  ASSERT_TRUE(Amend([](Ledger& ledger) { ledger.installing = true; }).ok());
  EXPECT_EQ(Document()["vm"], kOtherVm);
}

TEST_F(LedgerFile, AFolderThatIsCreatedAgainIsRecordedOnce) {
  for (const char* path : {"/etc/a", "/etc/b", "/etc/a"}) {
    files.Erase(path);
    ASSERT_TRUE(MakeRecordedFolder(files, path).ok());
  }
  EXPECT_EQ(LoadLedger(files)->folders, (std::vector<std::string>{"/etc/b", "/etc/a"}));
}

}  // namespace
}  // namespace dockerext
