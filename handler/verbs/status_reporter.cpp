// SPDX-License-Identifier: MIT
#include "handler/verbs/status_reporter.hpp"

#include <algorithm>

namespace dockerext {

Status StatusReporter::Before(const Step& /*step*/) { return CheckDeadline(std::chrono::milliseconds(0)); }

Status StatusReporter::CheckDeadline(std::chrono::milliseconds needed) {
  TRY_LET(const OperationRecord record, OperationStore(system_.files, system_.locks).Read());
  if (record.generation != generation_) {
    return Error{Code::kSuperseded, "superseded by a newer operation (" + record.operation + ")"};
  }
  if (system_.clock.SteadyNow() + needed <= deadline_) return {};
  return Error{Code::kTimeout, "the operation's deadline has passed; set the extension's settings again"};
}

void StatusReporter::Skipped(const Step& step) { system_.log.Info(step.name + ": up to date"); }

void StatusReporter::Begun(const Step& step) {
  step_began_ = system_.clock.SteadyNow();
  step_ = step.name;
  reported_wait_.clear();
  if (step.report_failure_only) return;
  system_.log.Info(step.name + ": started");
  Set(step.name, StatusLevel::kTransitioning, "in progress");
  Transitioning(message_);
}

void StatusReporter::Applied(const Step& step, const std::string& sentence) {
  if (step.report_failure_only) return;
  system_.log.Info(step.name + ": " + sentence + Elapsed());
  Set(step.name, StatusLevel::kSuccess, sentence + Elapsed());
  Transitioning(message_);
}

void StatusReporter::Failed(const Step& step, const Error& error) {
  system_.log.Error(step.name + ": " + error.message + Elapsed());
  Set(step.name, StatusLevel::kError, error.message + Elapsed());
}

void StatusReporter::RolledBack(const Step& step, const Status& outcome) {
  if (outcome.ok())
    system_.log.Info(step.name + ": rolled back");
  else
    system_.log.Error(step.name + ": rollback failed, continuing: " + outcome.error().message);
}

Status StatusReporter::ReportWait(const std::string& sentence) {
  TRY(CheckDeadline(std::chrono::milliseconds(0)));
  if (sentence == reported_wait_) return {};
  reported_wait_ = sentence;
  system_.log.Info(step_ + ": " + sentence);
  Set(step_, StatusLevel::kTransitioning, sentence);
  Transitioning(message_);
  return {};
}

void StatusReporter::Transitioning(const std::string& message) {
  message_ = message;
  const Status written = Write({StatusLevel::kTransitioning, 0, message_, substatuses_}, false);
  if (!written.ok()) system_.log.Warn("cannot write the status: " + written.error().message + ", continuing");
}

Status StatusReporter::Finish(StatusReport report) {
  report.substatuses.insert(report.substatuses.begin(), substatuses_.begin(), substatuses_.end());
  return Write(report, true);
}

Status StatusReporter::Write(const StatusReport& report, bool finished) {
  return OperationStore(system_.files, system_.locks).Update([&](OperationRecord& record) -> Status {
    if (record.generation != generation_) return Error{Code::kSuperseded, "superseded by a newer operation"};
    record.finished = finished;
    return WriteStatus(system_.files, record.status_folder, record.sequence, report, system_.clock.UtcNow());
  });
}

void StatusReporter::Set(const std::string& name, StatusLevel level, const std::string& message) {
  const auto found = std::find_if(substatuses_.begin(), substatuses_.end(),
                                  [&](const Substatus& substatus) { return substatus.name == name; });
  if (found == substatuses_.end())
    substatuses_.push_back({name, level, message, 0});
  else
    *found = {name, level, message, 0};
}

std::string StatusReporter::Elapsed() const {
  using Milliseconds = std::chrono::milliseconds;
  const auto spent =
      std::chrono::duration_cast<Milliseconds>(system_.clock.SteadyNow() - step_began_).count();
  return " (" + std::to_string(spent / 1000) + "." + std::to_string(spent % 1000 / 100) + " s)";
}

}  // namespace dockerext
