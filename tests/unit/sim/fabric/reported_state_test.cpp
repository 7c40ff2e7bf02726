// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/reported_state.hpp"

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
          {"formattedMessage", {{"lang", "en-US"}, {"message", "from the agent"}}}};
}

Json WithExtension(Json handler, int sequence, const std::string& status) {
  handler["runtimeSettingsStatus"] = {
      {"sequenceNumber", sequence},
      {"settingsStatus",
       {{"status",
         {{"status", status},
          {"formattedMessage", {{"lang", "en-US"}, {"message", "from the extension"}}}}}}}};
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

ReportedState StateOf(const std::vector<Json>& handlers, const std::string& state = "enabled") {
  return Classify(Uploaded(handlers), kState, Wanted(state)).state;
}

TEST(ReportedState, OfAnEnabledExtensionFollowsItsStatus) {
  const Json ready = Handler("Ready", 0);
  EXPECT_EQ(StateOf({WithExtension(ready, 3, "success")}), ReportedState::kSuccess);
  EXPECT_EQ(StateOf({WithExtension(ready, 3, "error")}), ReportedState::kError);
  EXPECT_EQ(StateOf({WithExtension(ready, 3, "transitioning")}), ReportedState::kPending);
  EXPECT_EQ(StateOf({WithExtension(ready, 3, "warning")}), ReportedState::kPending);
  EXPECT_EQ(StateOf({WithExtension(ready, 2, "success")}), ReportedState::kPending);
  EXPECT_EQ(StateOf({ready}), ReportedState::kPending);
  EXPECT_EQ(StateOf({}), ReportedState::kPending);
}

TEST(ReportedState, WithoutSettingsFollowsTheHandlersReadiness) {
  Extension wanted = Wanted("enabled");
  wanted.settings.reset();
  EXPECT_EQ(Classify(Uploaded({Handler("Ready", 0)}), kState, wanted).state, ReportedState::kSuccess);
  EXPECT_EQ(Classify(Uploaded({Handler("NotReady", 0)}), kState, wanted).state, ReportedState::kPending);
}

TEST(ReportedState, IsAnErrorWhenTheAgentReportsOneWhateverTheStatusFile) {
  EXPECT_EQ(StateOf({WithExtension(Handler("NotReady", 1008), 3, "success")}), ReportedState::kError);
  EXPECT_EQ(StateOf({Handler("NotReady", 1010)}, "disabled"), ReportedState::kError);
  EXPECT_EQ(StateOf({Handler("NotReady", 1010)}, "uninstall"), ReportedState::kError);
}

TEST(ReportedState, OfARemovedExtensionIsGone) {
  EXPECT_EQ(StateOf({}, "uninstall"), ReportedState::kGone);
  EXPECT_EQ(StateOf({WithExtension(Handler("Ready", 0), 3, "success")}, "uninstall"),
            ReportedState::kPending);
  EXPECT_EQ(StateOf({WithExtension(Handler("NotReady", 0), 3, "success")}, "disabled"),
            ReportedState::kDisabled);
  EXPECT_EQ(StateOf({WithExtension(Handler("Ready", 0), 3, "success")}, "disabled"), ReportedState::kPending);
}

TEST(ReportedState, IsPendingWhileTheUploadIsOfAnotherGoalState) {
  const std::vector<Json> handlers = {WithExtension(Handler("Ready", 0), 3, "success")};
  EXPECT_EQ(Classify(Uploaded(handlers, "6"), kState, Wanted("enabled")).state, ReportedState::kPending);
  EXPECT_EQ(Classify(Upload{}, kState, Wanted("uninstall")).state, ReportedState::kPending);
}

TEST(ReportedState, WithoutAReportedIncarnationIsOfTheGoalStateFetchedLast) {
  Upload upload = Uploaded({WithExtension(Handler("Ready", 0), 3, "success")});
  upload.blob["aggregateStatus"].erase("vmArtifactsAggregateStatus");
  upload.fetched = 6;
  EXPECT_EQ(Classify(upload, kState, Wanted("enabled")).state, ReportedState::kPending);
  upload.fetched = 7;
  EXPECT_EQ(Classify(upload, kState, Wanted("enabled")).state, ReportedState::kSuccess);
}

TEST(ReportedState, HasTheMessageOfTheDecidingStatus) {
  const Json ready = WithExtension(Handler("Ready", 0), 3, "error");
  EXPECT_EQ(Classify(Uploaded({ready}), kState, Wanted("enabled")).message, "from the extension");
  const Json failed = WithExtension(Handler("NotReady", 1009), 3, "error");
  EXPECT_EQ(Classify(Uploaded({failed}), kState, Wanted("enabled")).message, "from the agent");
}

}  // namespace
}  // namespace dockerext::fabric
