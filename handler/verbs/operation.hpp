// SPDX-License-Identifier: MIT
// One run of a verb that owns the machine: its generation, its lock, its deadline, and every status that it
// writes. One operation at a time changes the machine: the one with the newest generation, while it holds the
// operation lock. A superseded one stops and writes no status.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "handler/agent/environment.hpp"
#include "handler/agent/status_file.hpp"
#include "handler/engine/control.hpp"
#include "handler/ports/system.hpp"
#include "handler/state/operation_store.hpp"
#include "handler/steps/step.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kOperationDeadline{30};

class Operation : public StepObserver {
 public:
  // For a worker or its exit handler, which act for a generation that a verb has begun.
  Operation(System& system, std::uint64_t generation);

  // For a verb that acts itself: begins an operation of this name, which has the newest generation from then
  // on.
  static Result<Operation> Begin(System& system, const OperationRecord& record);

  std::uint64_t generation() const { return generation_; }

  // Waits for the lock for as long as the operation may take, and until it is superseded.
  Status AcquireLock();
  // Waits for a running worker to stop (up to 240 s; then kills its main process, never dpkg).
  Status TakeLock();
  bool HoldsLock() const { return lock_ != nullptr; }
  // kTimeout when the lock is not free within the budget.
  Status AcquireLock(std::chrono::milliseconds budget);

  // kSuperseded when there is a newer operation; kTimeout when less than `needed` is left until the deadline.
  Status CheckDeadline(std::chrono::milliseconds needed = {});
  // For waits of steps: reports the reason, repeated ones once, and ends as CheckDeadline.
  ReportWait Wait();
  // For waits of a verb, which has no status, or of the way back: ends after the budget or when superseded.
  ReportWait WaitUpTo(std::chrono::milliseconds budget);

  // One substatus for each step that acts, with its duration.
  Status Before(const Step& step) override;
  void Skipped(const Step& step) override;
  void Begun(const Step& step) override;
  void Applied(const Step& step, const std::string& summary) override;
  void Failed(const Step& step, const Error& error) override;

  // Fails when the status cannot be written; for steps that is a warning.
  Status Transitioning(const std::string& message);
  // Writes the final status, after the substatuses of the steps, to the record's current sequence number.
  Status Finish(StatusReport report);
  Status MarkFinished();
  // For a rollback that failed: the worker's exit handler takes it up, and reports this failure.
  Status LeaveToExitHandler(const Error& failure);

 private:
  void WriteTransitioning(const std::string& message);
  Status Report(const std::string& message);
  Status Update(const std::function<Status(OperationRecord&)>& change);
  void Set(const std::string& name, StatusLevel level, const std::string& message);
  std::string Elapsed() const;

  System* system_;
  std::uint64_t generation_;
  std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<HeldLock> lock_;
  std::chrono::steady_clock::time_point step_began_{};
  std::string message_;
  std::string step_;  // the one that acts; empty between two
  std::string reported_wait_;
  std::vector<Substatus> substatuses_;
};

// Whether the recorded operation is unfinished and its worker unit still runs.
Result<bool> IsAlive(System& system, const OperationRecord& record);

}  // namespace dockerext
