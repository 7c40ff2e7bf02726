// SPDX-License-Identifier: MIT
#include <vector>

#include "handler/steps/step.hpp"

namespace dockerext {
namespace {

// Rolls back the started steps and returns the result as a clause for the error; empty when no step has an
// undo.
std::string RollBack(const std::vector<const Step*>& started, StepObserver& observer) {
  std::string failures;
  bool rolled_back = false;
  for (auto step = started.rbegin(); step != started.rend(); ++step) {
    if (!(*step)->undo) continue;
    rolled_back = true;
    const Status outcome = (*step)->undo();
    observer.RolledBack(**step, outcome);
    if (!outcome.ok())
      failures += "; rolling back failed too, at " + (*step)->name + ": " + outcome.error().message;
  }
  if (!failures.empty()) return failures;
  return rolled_back ? "; rolled back to the previous configuration" : "";
}

Status RunOne(const Step& step, StepObserver& observer, std::vector<const Step*>& started) {
  TRY(observer.Before(step));
  TRY_LET(const bool done, step.done().Context(step.name));
  if (done) {
    observer.Skipped(step);
    return {};
  }
  started.push_back(&step);
  observer.Begun(step);
  auto summary = step.apply();
  if (!summary.ok()) {
    observer.Failed(step, summary.error());
    return std::move(summary).error();
  }
  observer.Applied(step, *summary);
  return {};
}

}  // namespace

Result<bool> AllDone(std::span<const Step> steps) {
  for (const Step& step : steps) {
    TRY_LET(const bool done, step.done());
    if (!done) return false;
  }
  return true;
}

Status RunSteps(std::span<const Step> steps, StepObserver& observer) {
  std::vector<const Step*> started;
  for (const Step& step : steps) {
    Status outcome = RunOne(step, observer, started);
    if (outcome.ok()) continue;
    Error error = std::move(outcome).error();
    if (error.code != Code::kSuperseded) error.message += RollBack(started, observer);
    return error;
  }
  return {};
}

}  // namespace dockerext
