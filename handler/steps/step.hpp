// SPDX-License-Identifier: MIT
// A change to the machine that can be checked and applied, and the one way to run a list of them. A step has
// no way back of its own: RestoreLastKnownGood is the one for all.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

struct Step {
  std::string name;                            // in the status and in the log, such as "install-engine"
  std::function<Result<bool>()> done;          // decided by what was observed
  std::function<Result<std::string>()> apply;  // repeatable; returns a summary of what was done
};

class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // An error (kSuperseded, kTimeout) stops the run before this step.
  virtual Status Before(const Step& step) = 0;
  virtual void Skipped(const Step& step) = 0;
  virtual void Begun(const Step& step) = 0;
  virtual void Applied(const Step& step, const std::string& summary) = 0;
  virtual void Failed(const Step& step, const Error& error) = 0;
};

Result<bool> AllDone(std::span<const Step> steps);

// Applies the steps that are not done, in order, until one fails. `look` observes the machine before the
// first step and after each that was applied.
Status RunSteps(std::span<const Step> steps, const std::function<Status()>& look, StepObserver& observer);

}  // namespace dockerext
