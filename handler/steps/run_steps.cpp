// SPDX-License-Identifier: MIT
#include "handler/steps/step.hpp"

namespace dockerext {
namespace {

// Returns whether the step changed the machine.
Result<bool> RunOne(const Step& step, StepObserver& observer) {
  TRY(observer.Before(step));
  TRY_LET(const bool done, step.done().Context(step.name));
  if (done) {
    observer.Skipped(step);
    return false;
  }
  observer.Begun(step);
  auto summary = step.apply();
  if (!summary.ok()) {
    observer.Failed(step, summary.error());
    return std::move(summary).error();
  }
  observer.Applied(step, *summary);
  return true;
}

}  // namespace

Result<bool> AllDone(std::span<const Step> steps) {
  for (const Step& step : steps) {
    TRY_LET(const bool done, step.done());
    if (!done) return false;
  }
  return true;
}

Status RunSteps(std::span<const Step> steps, const std::function<Status()>& look, StepObserver& observer) {
  TRY(look());
  for (const Step& step : steps) {
    TRY_LET(const bool changed, RunOne(step, observer));
    if (changed) TRY(look());
  }
  return {};
}

}  // namespace dockerext
