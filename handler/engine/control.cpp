// SPDX-License-Identifier: MIT
#include "handler/engine/control.hpp"

#include <algorithm>

#include "handler/engine/failure.hpp"
#include "handler/engine/observation.hpp"
#include "handler/state/operation_store.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::milliseconds kPollPause{100};
constexpr std::chrono::seconds kReportAfter{2};
constexpr std::chrono::minutes kAnswerBudget{1};
constexpr std::chrono::seconds kPingBudget{10};
constexpr std::chrono::milliseconds kAnswerPause{200};

const std::string kUnit(kDockerUnit);

std::string BusyReason(const UnitFacts& unit) {
  const std::string job = unit.has_job ? ", a job of systemd is pending" : "";
  return "waiting for docker.service (" + unit.active_state + ", " + unit.sub_state + job + ")";
}

Status ClearFailures(System& system) {
  TRY(system.services.ResetFailed(kUnit));
  return system.services.ResetFailed(std::string(kSocketUnit));
}

// A job ends without leaving a trace, so the unit is asked until it has none.
Result<UnitFacts> AwaitUnit(System& system, const std::string& unit, const ReportWait& report_wait) {
  const auto begin = system.clock.SteadyNow();
  while (true) {
    TRY_LET(UnitFacts facts, system.services.Describe(unit));
    if (!IsBusy(facts)) return facts;
    const bool is_long = system.clock.SteadyNow() - begin >= kReportAfter;
    TRY(report_wait(is_long ? BusyReason(facts) : std::string()));
    system.clock.SleepFor(kPollPause);
  }
}

Status StopUnit(System& system, const std::string& unit, const ReportWait& report_wait) {
  TRY(system.services.Stop(unit));
  TRY(AwaitUnit(system, unit, report_wait));
  return {};
}

// Kept in this boot's record, so that a later operation starts them if this one ends before it could.
Status RecordDependents(System& system, const UnitFacts& engine) {
  std::vector<std::string> active;
  for (const std::string& unit : engine.dependents) {
    TRY_LET(const UnitFacts facts, system.services.Describe(unit));
    if (IsRunning(facts)) active.push_back(unit);
  }
  if (active.empty()) return {};
  return OperationStore(system.files, system.locks).Update([&](OperationRecord& record) -> Status {
    for (const std::string& unit : active) {
      const auto known = std::find(record.dependents.begin(), record.dependents.end(), unit);
      if (known == record.dependents.end()) record.dependents.push_back(unit);
    }
    return {};
  });
}

// One that does not start is its owner's; the engine is up.
Status StartDependents(System& system) {
  OperationStore store(system.files, system.locks);
  TRY_LET(const OperationRecord record, store.Read());
  if (record.dependents.empty()) return {};
  for (const std::string& unit : record.dependents) {
    TRY_LET(const UnitFacts facts, system.services.Describe(unit));
    if (IsRunning(facts) || facts.load_state == "not-found") continue;
    system.log.Info("starting " + unit + ", which stopped with docker.service");
    const Status started = system.services.Start(unit);
    if (!started.ok()) system.log.Warn(started.error().message + ", continuing");
  }
  return store.Update([](OperationRecord& updated) -> Status {
    updated.dependents.clear();
    return {};
  });
}

}  // namespace

Result<UnitFacts> AwaitSettled(System& system, const ReportWait& report_wait) {
  return AwaitUnit(system, kUnit, report_wait);
}

Status AwaitAnswer(System& system, const ReportWait& report_wait) {
  const auto deadline = system.clock.SteadyNow() + kAnswerBudget;
  while (true) {
    TRY_LET(const Observation observed, Observe(system, kPingBudget));
    if (observed.version) return {};
    const Error silent{Code::kInternal, "the engine does not answer on its local socket " + observed.socket +
                                            " (docker.service is " + observed.unit.active_state +
                                            "); see `journalctl -u docker`"};
    if (!IsRunning(observed.unit) || system.clock.SteadyNow() >= deadline) return silent;
    TRY(report_wait("waiting for an answer of the engine on " + observed.socket));
    system.clock.SleepFor(kAnswerPause);
  }
}

Status RestartEngine(System& system, const ReportWait& report_wait) {
  TRY_LET(const UnitFacts before, system.services.Describe(kUnit));
  TRY(RecordDependents(system, before));
  TRY(ClearFailures(system));
  TRY(system.services.Restart(kUnit));
  TRY_LET(const UnitFacts after, AwaitSettled(system, report_wait));
  if (after.active_state != "active") return StartFailure(system, before, after);
  Status answered = AwaitAnswer(system, report_wait);
  if (!answered.ok()) return WithExcerpt(system, after, std::move(answered).error());
  return StartDependents(system);
}

Status StopEngine(System& system, const ReportWait& report_wait) {
  return StopUnit(system, kUnit, report_wait);
}

Status StopStartedUnits(System& system, const ReportWait& report_wait) {
  const auto ledger = LoadLedger(system.files);
  // The socket first, since a connection to it would start the engine again.
  if (ledger.ok() && ledger->started_socket) TRY(StopUnit(system, std::string(kSocketUnit), report_wait));
  return StopEngine(system, report_wait);
}

}  // namespace dockerext
