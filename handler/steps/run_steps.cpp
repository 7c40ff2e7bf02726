// SPDX-License-Identifier: MIT
#include <vector>

#include "handler/steps/step.hpp"

namespace dockerext {
namespace {

// The fate of the undos, as a clause behind the first error; empty when there was nothing to undo.
std::string UndoAll(const std::vector<const Step*>& begun, StepObserver& observer) {
  std::string faults;
  bool undid = false;
  for (auto step = begun.rbegin(); step != begun.rend(); ++step) {
    if (!(*step)->undo) continue;
    undid = true;
    const Status outcome = (*step)->undo();
    observer.Undone(**step, outcome);
    if (!outcome.ok())
      faults += "; going back failed too, at " + (*step)->name + ": " + outcome.error().message;
  }
  if (!faults.empty()) return faults;
  return undid ? "; what was configured before is back" : "";
}

Status RunOne(const Step& step, StepObserver& observer, std::vector<const Step*>& begun) {
  TRY(observer.Before(step));
  TRY_LET(const bool done, step.done().Context(step.name));
  if (done) {
    observer.Skipped(step);
    return {};
  }
  begun.push_back(&step);
  observer.Begun(step);
  auto sentence = step.apply();
  if (!sentence.ok()) {
    observer.Failed(step, sentence.error());
    return std::move(sentence).error();
  }
  observer.Applied(step, *sentence);
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
  std::vector<const Step*> begun;
  for (const Step& step : steps) {
    Status outcome = RunOne(step, observer, begun);
    if (outcome.ok()) continue;
    Error error = std::move(outcome).error();
    if (error.code != Code::kSuperseded) error.message += UndoAll(begun, observer);
    return error;
  }
  return {};
}

}  // namespace dockerext
