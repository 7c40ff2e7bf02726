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
  void Applied(const Step& step, const std::string& summary) override {
    events.push_back(step.name + " " + summary);
  }
  void Failed(const Step& step, const Error& error) override {
    events.push_back(step.name + " failed " + error.message);
  }
  void RolledBack(const Step& step, const Status& outcome) override {
    events.push_back((outcome.ok() ? "rolled back " : "did not roll back ") + step.name);
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

TEST(RunSteps, RollsBackInReverseFromTheFailingStepWithoutSkippedOnes) {
  Recorder recorder;
  const Status outcome = RunSteps(std::vector{MakeStep("a", false), MakeStep("b", true), MakeStep("c", false),
                                              MakeStep("d", false, false)},
                                  recorder);
  EXPECT_EQ(outcome.error().code, Code::kInvalidSettings);
  EXPECT_EQ(outcome.error().message, "broken; rolled back to the previous configuration");
  EXPECT_THAT(recorder.events,
              ElementsAre("begun a", "a ok", "skipped b", "begun c", "c ok", "begun d", "d failed broken",
                          "rolled back d", "rolled back c", "rolled back a"));
}

TEST(RunSteps, ReportsBothErrorsWhenTheRollbackFails) {
  Recorder recorder;
  const Status outcome =
      RunSteps(std::vector{MakeStep("a", false, true, false), MakeStep("b", false, false)}, recorder);
  EXPECT_EQ(outcome.error().message, "broken; rolling back failed too, at a: stuck");
}

TEST(RunSteps, ASupersededRunIsNotRolledBackButOnePastItsDeadlineIs) {
  Recorder recorder;
  recorder.stop_before = "b";
  EXPECT_EQ(RunSteps(std::vector{MakeStep("a", false), MakeStep("b", false)}, recorder).error().code,
            Code::kSuperseded);
  EXPECT_THAT(recorder.events, ElementsAre("begun a", "a ok"));
  recorder.stop_with = Code::kTimeout;
  recorder.events.clear();
  EXPECT_EQ(RunSteps(std::vector{MakeStep("a", false), MakeStep("b", false)}, recorder).error().code,
            Code::kTimeout);
  EXPECT_THAT(recorder.events, ElementsAre("begun a", "a ok", "rolled back a"));
}

TEST(AllDone, StopsAtTheFirstStepThatIsNotDone) {
  EXPECT_TRUE(*AllDone(std::vector{MakeStep("a", true), MakeStep("b", true)}));
  EXPECT_FALSE(*AllDone(std::vector{MakeStep("a", true), MakeStep("b", false)}));
}

}  // namespace
}  // namespace dockerext
