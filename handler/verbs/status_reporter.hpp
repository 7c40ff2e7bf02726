// SPDX-License-Identifier: MIT
// Reports an operation's progress in the status file and the log: one substatus for each step that acts, with
// its duration. Writes only while its generation is the newest, to the record's current sequence number.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "handler/agent/status_file.hpp"
#include "handler/ports/system.hpp"
#include "handler/state/operation_store.hpp"
#include "handler/steps/step.hpp"

namespace dockerext {

class StatusReporter : public StepObserver {
 public:
  // `deadline`: when the operation must have finished.
  StatusReporter(System& system, std::uint64_t generation, std::chrono::steady_clock::time_point deadline)
      : system_(system), generation_(generation), deadline_(deadline) {}

  Status Before(const Step& step) override;
  void Skipped(const Step& step) override;
  void Begun(const Step& step) override;
  void Applied(const Step& step, const std::string& sentence) override;
  void Failed(const Step& step, const Error& error) override;
  void RolledBack(const Step& step, const Status& outcome) override;

  // kTimeout when less than `needed` is left until the deadline, kSuperseded when there is a newer operation.
  Status CheckDeadline(std::chrono::milliseconds needed);

  void Transitioning(const std::string& message);
  // Reports what the current step waits for, repeated sentences once; errors as CheckDeadline.
  Status ReportWait(const std::string& sentence);
  // Writes the final status after the substatuses of the steps and marks the record finished.
  Status Finish(StatusReport report);

 private:
  Status Write(const StatusReport& report, bool finished);
  void Set(const std::string& name, StatusLevel level, const std::string& message);
  std::string Elapsed() const;

  System& system_;
  std::uint64_t generation_;
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point step_began_{};
  std::string message_;
  std::string step_;  // the current one
  std::string reported_wait_;
  std::vector<Substatus> substatuses_;
};

}  // namespace dockerext
