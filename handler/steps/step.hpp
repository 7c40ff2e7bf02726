// SPDX-License-Identifier: MIT
// A change to the machine that can be checked, applied and rolled back; and the one way to run a list of
// them. A failing undo is reported with the first error, and the other undos still run.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

struct Step {
  std::string name;                            // in the status and in the log, such as "install-engine"
  std::function<Result<bool>()> done;          // read from the machine, never cached
  std::function<Result<std::string>()> apply;  // repeatable; returns a summary of what was done
  std::function<Status()> undo;                // may be empty: then a rollback keeps the change
  bool report_failure_only = false;            // for a step that changes nothing when applied
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
  virtual void RolledBack(const Step& step, const Status& outcome) = 0;
};

Result<bool> AllDone(std::span<const Step> steps);

// Applies the steps that are not done, in order. After a failure the applied steps are rolled back in
// reverse, starting with the failing one, and the first error is returned with the result of the rollback. A
// superseded run is not rolled back: the newer operation owns the machine.
Status RunSteps(std::span<const Step> steps, StepObserver& observer);

}  // namespace dockerext
