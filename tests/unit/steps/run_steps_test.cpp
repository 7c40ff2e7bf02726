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
    events.push_back(step.name + " failed " + error.Message());
  }

  std::vector<std::string> events;
  std::string stop_before;
  Code stop_with = Code::kSuperseded;
};

Step MakeStep(const std::string& name, bool done, bool works = true) {
  return {name, [done] { return Result<bool>(done); },
          [works]() -> Result<std::string> {
            if (works) return std::string("ok");
            return Error{Code::kInvalidSettings, "broken"};
          }};
}

class RunStepsTest : public testing::Test {
 protected:
  Status Run(const std::vector<Step>& steps) {
    return RunSteps(
        steps,
        [this]() -> Status {
          recorder.events.emplace_back("look");
          return {};
        },
        recorder);
  }

  Recorder recorder;
};

TEST_F(RunStepsTest, AppliesOnlyWhatIsNotDoneAndLooksAgainAfterEachChange) {
  EXPECT_TRUE(Run({MakeStep("a", true), MakeStep("b", false), MakeStep("c", false)}).ok());
  EXPECT_THAT(recorder.events,
              ElementsAre("look", "skipped a", "begun b", "b ok", "look", "begun c", "c ok", "look"));
}

TEST_F(RunStepsTest, EndsAtTheFirstStepThatFails) {
  const Status outcome = Run({MakeStep("a", false), MakeStep("b", false, false), MakeStep("c", false)});
  EXPECT_EQ(outcome.error().code, Code::kInvalidSettings);
  EXPECT_EQ(outcome.error().Message(), "broken");
  EXPECT_THAT(recorder.events, ElementsAre("look", "begun a", "a ok", "look", "begun b", "b failed broken"));
}

TEST_F(RunStepsTest, EndsBeforeAStepWhenItIsSuperseded) {
  recorder.stop_before = "b";
  EXPECT_EQ(Run({MakeStep("a", false), MakeStep("b", false)}).error().code, Code::kSuperseded);
  EXPECT_THAT(recorder.events, ElementsAre("look", "begun a", "a ok", "look"));
}

TEST(AllDone, StopsAtTheFirstStepThatIsNotDone) {
  EXPECT_TRUE(*AllDone(std::vector{MakeStep("a", true), MakeStep("b", true)}));
  EXPECT_FALSE(*AllDone(std::vector{MakeStep("a", true), MakeStep("b", false)}));
}

}  // namespace
}  // namespace dockerext
