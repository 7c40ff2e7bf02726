// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "handler/steps/step.hpp"

namespace dockerext {
namespace {

using testing::ElementsAre;

class Recorder : public StepObserver {
 public:
  Status Before(const Step& step) override {
    if (step.name == stop_before) return Error{stop_with, "stop"};
    return {};
  }
  void Skipped(const Step& step) override { events.push_back("skipped " + step.name); }
  void Begun(const Step& step) override { events.push_back("begun " + step.name); }
  void Applied(const Step& step, const std::string& sentence) override {
    events.push_back(step.name + " " + sentence);
  }
  void Failed(const Step& step, const Error& error) override {
    events.push_back(step.name + " failed " + error.message);
  }
  void Undone(const Step& step, const Status& outcome) override {
    events.push_back((outcome.ok() ? "undid " : "did not undo ") + step.name);
  }

  std::vector<std::string> events;
  std::string stop_before;
  Code stop_with = Code::kSuperseded;
};

Step MakeStep(const std::string& name, bool done, bool works = true, bool undo_works = true) {
  return {name, [done] { return Result<bool>(done); },
          [works]() -> Result<std::string> {
            if (works) return std::string("ok");
            return Error{Code::kInvalidSettings, "broken"};
          },
          [undo_works]() -> Status {
            if (undo_works) return {};
            return Error{Code::kInternal, "stuck"};
          }};
}

TEST(RunSteps, AppliesOnlyWhatIsNotDone) {
  Recorder recorder;
  EXPECT_TRUE(RunSteps(std::vector{MakeStep("a", true), MakeStep("b", false)}, recorder).ok());
  EXPECT_THAT(recorder.events, ElementsAre("skipped a", "begun b", "b ok"));
}

TEST(RunSteps, UndoesInReverseTheFailingStepFirstAndNeverASkippedOne) {
  Recorder recorder;
  const Status outcome = RunSteps(std::vector{MakeStep("a", false), MakeStep("b", true), MakeStep("c", false),
                                              MakeStep("d", false, false)},
                                  recorder);
  EXPECT_EQ(outcome.error().code, Code::kInvalidSettings);
  EXPECT_EQ(outcome.error().message, "broken; what was configured before is back");
  EXPECT_THAT(recorder.events, ElementsAre("begun a", "a ok", "skipped b", "begun c", "c ok", "begun d",
                                           "d failed broken", "undid d", "undid c", "undid a"));
}

TEST(RunSteps, TellsBothErrorsWhenGoingBackFails) {
  Recorder recorder;
  const Status outcome =
      RunSteps(std::vector{MakeStep("a", false, true, false), MakeStep("b", false, false)}, recorder);
  EXPECT_EQ(outcome.error().message, "broken; going back failed too, at a: stuck");
}

TEST(RunSteps, ASupersededRunUndoesNothingAndOneOutOfTimeDoes) {
  Recorder recorder;
  recorder.stop_before = "b";
  EXPECT_EQ(RunSteps(std::vector{MakeStep("a", false), MakeStep("b", false)}, recorder).error().code,
            Code::kSuperseded);
  EXPECT_THAT(recorder.events, ElementsAre("begun a", "a ok"));
  recorder.stop_with = Code::kTimeout;
  recorder.events.clear();
  EXPECT_EQ(RunSteps(std::vector{MakeStep("a", false), MakeStep("b", false)}, recorder).error().code,
            Code::kTimeout);
  EXPECT_THAT(recorder.events, ElementsAre("begun a", "a ok", "undid a"));
}

TEST(AllDone, AsksUntilTheFirstThatIsNot) {
  EXPECT_TRUE(*AllDone(std::vector{MakeStep("a", true), MakeStep("b", true)}));
  EXPECT_FALSE(*AllDone(std::vector{MakeStep("a", true), MakeStep("b", false)}));
}

}  // namespace
}  // namespace dockerext
