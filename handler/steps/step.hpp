// SPDX-License-Identifier: MIT
// A change to the machine that can be asked for, made and taken back; and the one way to run a list of them.
// What a failing undo does is decided here, once: it is told beside the first error, and the other undos
// still run.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

struct Step {
  std::string name;                            // "install-engine": in the status and in the log
  std::function<Result<bool>()> done;          // asked of the machine, never of a memory
  std::function<Result<std::string>()> apply;  // repeatable; gives a sentence on what was done
  std::function<Status()> undo;                // may be empty: what was done stays
  bool is_silent = false;  // changes nothing on the way forward: not worth a word unless it fails
};

class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // An error (kSuperseded, kTimeout) stops the run before this step.
  virtual Status Before(const Step& step) = 0;
  virtual void Skipped(const Step& step) = 0;
  virtual void Begun(const Step& step) = 0;
  virtual void Applied(const Step& step, const std::string& sentence) = 0;
  virtual void Failed(const Step& step, const Error& error) = 0;
  virtual void Undone(const Step& step, const Status& outcome) = 0;
};

Result<bool> AllDone(std::span<const Step> steps);

// Applies what is not done, in order. After a failure the applied steps, the failing one first, are undone in
// reverse and the first error comes back, with what became of the machine. A superseded run undoes nothing:
// the newer one owns the machine.
Status RunSteps(std::span<const Step> steps, StepObserver& observer);

}  // namespace dockerext
