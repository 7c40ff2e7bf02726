// SPDX-License-Identifier: MIT
#include "tests/fabric/outcome.hpp"

#include <gtest/gtest.h>

namespace dockerext::fabric {
namespace {

constexpr const char* kName = "Example.Extensions.DockerExtension";

const GoalState kState{.incarnation = 7};

Extension Wanted(const std::string& state) {
  return {.id = {kName, "1.0.0"}, .state = state, .sequence = 3, .settings = "{}"};
}

Json Handler(const std::string& status, int code) {
  return {{"handlerName", kName},
          {"status", status},
          {"code", code},
          {"formattedMessage", {{"lang", "en-US"}, {"message", "the agent's word"}}}};
}

Json WithExtension(Json handler, int sequence, const std::string& status) {
  handler["runtimeSettingsStatus"] = {
      {"sequenceNumber", sequence},
      {"settingsStatus",
       {{"status",
         {{"status", status},
          {"formattedMessage", {{"lang", "en-US"}, {"message", "the extension's word"}}}}}}}};
  return handler;
}

Json Blob(const std::vector<Json>& handlers, const std::string& incarnation = "7") {
  return {{"aggregateStatus",
           {{"handlerAggregateStatus", handlers},
            {"vmArtifactsAggregateStatus", {{"goalStateAggregateStatus", {{"inSvdSeqNo", incarnation}}}}}}}};
}

Upload Uploaded(const std::vector<Json>& handlers, const std::string& incarnation = "7") {
  return {.blob = Blob(handlers, incarnation)};
}

Outcome OutcomeOf(const std::vector<Json>& handlers, const std::string& state = "enabled") {
  return Judge(Uploaded(handlers), kState, Wanted(state)).outcome;
}

TEST(Outcome, OfAnEnabledExtensionIsItsOwnStatus) {
  const Json ready = Handler("Ready", 0);
  EXPECT_EQ(OutcomeOf({WithExtension(ready, 3, "success")}), Outcome::kSuccess);
  EXPECT_EQ(OutcomeOf({WithExtension(ready, 3, "error")}), Outcome::kError);
  EXPECT_EQ(OutcomeOf({WithExtension(ready, 3, "transitioning")}), Outcome::kPending);
  EXPECT_EQ(OutcomeOf({WithExtension(ready, 3, "warning")}), Outcome::kPending);
  EXPECT_EQ(OutcomeOf({WithExtension(ready, 2, "success")}), Outcome::kPending);
  EXPECT_EQ(OutcomeOf({ready}), Outcome::kPending);
  EXPECT_EQ(OutcomeOf({}), Outcome::kPending);
}

TEST(Outcome, WithoutSettingsIsTheHandlersReadiness) {
  Extension wanted = Wanted("enabled");
  wanted.settings.reset();
  EXPECT_EQ(Judge(Uploaded({Handler("Ready", 0)}), kState, wanted).outcome, Outcome::kSuccess);
  EXPECT_EQ(Judge(Uploaded({Handler("NotReady", 0)}), kState, wanted).outcome, Outcome::kPending);
}

TEST(Outcome, IsAnErrorWhereTheAgentSaysSoWhateverTheStatusFileStillSays) {
  EXPECT_EQ(OutcomeOf({WithExtension(Handler("NotReady", 1008), 3, "success")}), Outcome::kError);
  EXPECT_EQ(OutcomeOf({Handler("NotReady", 1010)}, "disabled"), Outcome::kError);
  EXPECT_EQ(OutcomeOf({Handler("NotReady", 1010)}, "uninstall"), Outcome::kError);
}

TEST(Outcome, OfWhatGoesIsThatItIsGone) {
  EXPECT_EQ(OutcomeOf({}, "uninstall"), Outcome::kGone);
  EXPECT_EQ(OutcomeOf({WithExtension(Handler("Ready", 0), 3, "success")}, "uninstall"), Outcome::kPending);
  EXPECT_EQ(OutcomeOf({WithExtension(Handler("NotReady", 0), 3, "success")}, "disabled"), Outcome::kDisabled);
  EXPECT_EQ(OutcomeOf({WithExtension(Handler("Ready", 0), 3, "success")}, "disabled"), Outcome::kPending);
}

TEST(Outcome, IsPendingWhileTheUploadIsOfAnotherGoalState) {
  const std::vector<Json> handlers = {WithExtension(Handler("Ready", 0), 3, "success")};
  EXPECT_EQ(Judge(Uploaded(handlers, "6"), kState, Wanted("enabled")).outcome, Outcome::kPending);
  EXPECT_EQ(Judge(Upload{}, kState, Wanted("uninstall")).outcome, Outcome::kPending);
}

TEST(Outcome, OfAnAgentThatDoesNotSayWhichGoalStateIsOfTheOneThatItTookLast) {
  Upload upload = Uploaded({WithExtension(Handler("Ready", 0), 3, "success")});
  upload.blob["aggregateStatus"].erase("vmArtifactsAggregateStatus");
  upload.fetched = 6;
  EXPECT_EQ(Judge(upload, kState, Wanted("enabled")).outcome, Outcome::kPending);
  upload.fetched = 7;
  EXPECT_EQ(Judge(upload, kState, Wanted("enabled")).outcome, Outcome::kSuccess);
}

TEST(Outcome, BringsTheWordOfWhoeverDecidedIt) {
  const Json ready = WithExtension(Handler("Ready", 0), 3, "error");
  EXPECT_EQ(Judge(Uploaded({ready}), kState, Wanted("enabled")).message, "the extension's word");
  const Json failed = WithExtension(Handler("NotReady", 1009), 3, "error");
  EXPECT_EQ(Judge(Uploaded({failed}), kState, Wanted("enabled")).message, "the agent's word");
}

}  // namespace
}  // namespace dockerext::fabric
