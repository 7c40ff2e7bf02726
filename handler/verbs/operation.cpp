// SPDX-License-Identifier: MIT
#include "handler/verbs/operation.hpp"

#include <algorithm>

#include "handler/engine/observation.hpp"
#include "handler/errors/engine.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kSupersedeBudget{240};
constexpr std::chrono::seconds kKillBudget{20};

Error Superseded(const OperationRecord& newer) {
  return Error{Code::kSuperseded, "superseded by a newer operation (" + newer.operation + ")"};
}

// Kills every older worker, since any of them may hold the operation lock. Only their main processes: dpkg
// must not be killed.
Status KillWorkersBefore(System& system, std::uint64_t generation) {
  TRY_LET(const auto units, system.services.Loaded(kWorkerUnitPattern));
  for (const std::string& unit : units) {
    const auto older = GenerationOf(unit);
    if (!older || *older >= generation) continue;
    system.log.Warn(unit + " did not stop in time; killing its main process");
    const Status killed = system.services.SignalMainProcess(unit, Services::Signal::kKill);
    if (!killed.ok()) system.log.Warn(killed.error().what + ", continuing");
  }
  return {};
}

}  // namespace

Operation::Operation(System& system, std::uint64_t generation)
    : system_(&system), generation_(generation), deadline_(system.clock.SteadyNow() + kOperationDeadline) {}

// What has to be started again after a restart of the engine outlives the operation that stopped it.
Result<Operation> Operation::Begin(System& system, const OperationRecord& record) {
  std::uint64_t generation = 0;
  TRY(OperationStore(system.files, system.locks).Update([&](OperationRecord& newest) -> Status {
    generation = NextGeneration(newest, system.clock.SinceBoot());
    auto dependents = std::move(newest.dependents);
    newest = record;
    newest.generation = generation;
    newest.dependents = std::move(dependents);
    return {};
  }));
  return Operation(system, generation);
}

Status Operation::AcquireLock(std::chrono::milliseconds budget) {
  TRY_LET(lock_, OperationStore(system_->files, system_->locks).AcquireOperation(budget));
  return {};
}

Status Operation::AcquireLock() {
  while (true) {
    TRY(CheckDeadline());
    Status acquired = AcquireLock(std::chrono::seconds(1));
    if (acquired.ok()) return CheckDeadline();
    if (acquired.error().code != Code::kTimeout) return acquired;
  }
}

Status Operation::TakeLock() {
  Status acquired = AcquireLock(kSupersedeBudget);
  if (acquired.ok() || acquired.error().code != Code::kTimeout) return acquired;
  TRY(KillWorkersBefore(*system_, generation_));
  return AcquireLock(kKillBudget);
}

Status Operation::CheckDeadline(std::chrono::milliseconds needed) {
  TRY_LET(const OperationRecord record, OperationStore(system_->files, system_->locks).Read());
  if (record.generation != generation_) return Superseded(record);
  if (system_->clock.SteadyNow() + needed <= deadline_) return {};
  return MakeError<errors::kDeadlinePassed>(reported_wait_.empty() ? std::string()
                                                                   : " while " + reported_wait_);
}

ReportWait Operation::Wait() {
  return [this](const std::string& reason) -> Status {
    TRY(CheckDeadline());
    if (reason.empty() || reason == reported_wait_) return {};
    reported_wait_ = reason;
    system_->log.Info((step_.empty() ? "" : step_ + ": ") + reason);
    if (!step_.empty()) Set(step_, StatusLevel::kTransitioning, reason);
    WriteTransitioning(step_.empty() ? reason : message_);
    return {};
  };
}

ReportWait Operation::WaitUpTo(std::chrono::milliseconds budget) {
  const auto end = system_->clock.SteadyNow() + budget;
  return [this, end](const std::string& reason) -> Status {
    TRY_LET(const OperationRecord record, OperationStore(system_->files, system_->locks).Read());
    if (record.generation != generation_) return Superseded(record);
    if (!reason.empty() && reason != reported_wait_) system_->log.Info(reason);
    if (!reason.empty()) reported_wait_ = reason;
    if (system_->clock.SteadyNow() < end) return {};
    return MakeError<errors::kGaveUpWaiting>(reported_wait_);
  };
}

Status Operation::Before(const Step& /*step*/) { return CheckDeadline(); }

void Operation::Skipped(const Step& step) { system_->log.Info(step.name + ": up to date"); }

void Operation::Begun(const Step& step) {
  step_began_ = system_->clock.SteadyNow();
  step_ = step.name;
  reported_wait_.clear();
  system_->log.Info(step.name + ": started");
  Set(step.name, StatusLevel::kTransitioning, "in progress");
  WriteTransitioning(message_);
}

void Operation::Applied(const Step& step, const std::string& summary) {
  system_->log.Info(step.name + ": " + summary + Elapsed());
  Set(step.name, StatusLevel::kSuccess, summary + Elapsed());
  step_.clear();
  WriteTransitioning(message_);
}

void Operation::Failed(const Step& step, const Error& error) {
  system_->log.Error(step.name + ": " + error.Message() + Elapsed());
  Set(step.name, StatusLevel::kError, error.Message() + Elapsed());
}

Status Operation::Transitioning(const std::string& message) {
  message_ = message;
  return Report(message);
}

void Operation::WriteTransitioning(const std::string& message) {
  const Status written = Report(message);
  if (!written.ok()) system_->log.Warn("cannot write the status: " + written.error().what + ", continuing");
}

Status Operation::Report(const std::string& message) {
  return Update([&](OperationRecord& record) -> Status {
    return WriteStatus(system_->files, record.status_folder, record.sequence,
                       {StatusLevel::kTransitioning, 0, message, substatuses_}, system_->clock.UtcNow())
        .Context("writing the status");
  });
}

Status Operation::Finish(StatusReport report) {
  report.substatuses.insert(report.substatuses.begin(), substatuses_.begin(), substatuses_.end());
  return Update([&](OperationRecord& record) -> Status {
    record.finished = true;
    return WriteStatus(system_->files, record.status_folder, record.sequence, report,
                       system_->clock.UtcNow());
  });
}

Status Operation::MarkFinished() {
  return Update([](OperationRecord& record) -> Status {
    record.finished = true;
    return {};
  });
}

Status Operation::LeaveToExitHandler(const Error& failure) {
  return Update([&](OperationRecord& record) -> Status {
    record.failure = failure;
    return {};
  });
}

Status Operation::Update(const std::function<Status(OperationRecord&)>& change) {
  return OperationStore(system_->files, system_->locks).Update([&](OperationRecord& record) -> Status {
    return record.generation == generation_ ? change(record) : Superseded(record);
  });
}

void Operation::Set(const std::string& name, StatusLevel level, const std::string& message) {
  const auto found = std::find_if(substatuses_.begin(), substatuses_.end(),
                                  [&](const Substatus& substatus) { return substatus.name == name; });
  if (found == substatuses_.end())
    substatuses_.push_back({name, level, message, 0});
  else
    *found = {name, level, message, 0};
}

std::string Operation::Elapsed() const {
  using Milliseconds = std::chrono::milliseconds;
  const auto spent =
      std::chrono::duration_cast<Milliseconds>(system_->clock.SteadyNow() - step_began_).count();
  return " (" + std::to_string(spent / 1000) + "." + std::to_string(spent % 1000 / 100) + " s)";
}

Result<bool> IsAlive(System& system, const OperationRecord& record) {
  if (record.finished) return false;
  TRY_LET(const UnitFacts facts, system.services.Describe(WorkerUnit(record.generation)));
  return IsRunning(facts) || facts.active_state == "deactivating";
}

}  // namespace dockerext
