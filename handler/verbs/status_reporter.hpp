// SPDX-License-Identifier: MIT
// Tells the agent and the log how a work goes: a substatus for each step that acts, with its time. Writes
// only while its generation is the newest, to whatever sequence number the record says then.
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
  // `deadline` is when the work must be over.
  StatusReporter(System& system, std::uint64_t generation, std::chrono::steady_clock::time_point deadline)
      : system_(system), generation_(generation), deadline_(deadline) {}

  Status Before(const Step& step) override;
  void Skipped(const Step& step) override;
  void Begun(const Step& step) override;
  void Applied(const Step& step, const std::string& sentence) override;
  void Failed(const Step& step, const Error& error) override;
  void Undone(const Step& step, const Status& outcome) override;

  // kTimeout when less than `needed` is left until the deadline, kSuperseded when a newer command was given.
  Status CheckDeadline(std::chrono::milliseconds needed);

  void Transitioning(const std::string& message);
  // Tells what the step that is being applied waits for, each sentence once; kSuperseded as above.
  Status ReportWait(const std::string& sentence);
  // The work's last word, behind the substatuses of its steps; marks the record finished.
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
  std::string step_;  // the last that begun
  std::string told_;
  std::vector<Substatus> substatuses_;
};

}  // namespace dockerext
