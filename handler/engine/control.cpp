// SPDX-License-Identifier: MIT
#include "handler/engine/control.hpp"

#include <algorithm>
#include <optional>

#include "handler/docker/engine_output.hpp"
#include "handler/engine/observation.hpp"
#include "handler/engine/selinux.hpp"
#include "handler/errors/engine.hpp"
#include "handler/state/folders.hpp"
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
    if (!started.ok()) system.log.Warn(started.error().what + ", continuing");
  }
  return store.Update([](OperationRecord& updated) -> Status {
    updated.dependents.clear();
    return {};
  });
}

Result<CommandOutput> RunJournalctl(System& system, std::vector<std::string> arguments) {
  std::vector<std::string> argv = {"/usr/bin/journalctl"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return system.commands.Run({.argv = argv,
                              .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"},
                              .budget = std::chrono::seconds(10)});
}

// The last line of this run in the journal that gives the reason of a failure. Only what the unit's own
// processes wrote to stdout and stderr: -u would add what systemd and others say about it, and with the log
// driver "journald" dockerd sends what containers print, as entries of its own process and under any
// identifier. Only journald itself can set _TRANSPORT. It looks the invocation up when it reads a line, and
// no longer finds that of a unit that has failed by then; the process it knows from the stream itself.
std::string LoggedBy(System& system, const UnitFacts& unit) {
  if (unit.invocation_id.empty()) return {};
  // The journal lags until it is asked to store what was written; where that fails, it has what it has.
  static_cast<void>(RunJournalctl(system, {"--sync"}));
  const std::vector<std::string> engines = {"_TRANSPORT=stdout", "_SYSTEMD_UNIT=" + kUnit};
  std::vector<std::string> arguments = {"--no-pager", "-q", "-b", "-o", "cat", "-n", "40"};
  arguments.insert(arguments.end(), engines.begin(), engines.end());
  arguments.push_back("_SYSTEMD_INVOCATION_ID=" + unit.invocation_id);
  arguments.emplace_back("+");
  arguments.insert(arguments.end(), engines.begin(), engines.end());
  arguments.push_back("_PID=" + std::to_string(unit.last_main_pid));
  const auto run = RunJournalctl(system, std::move(arguments));
  return run.ok() ? FailureLine(run->output) : std::string();
}

// For docker.service that is not active after a restart.
Error StartFailure(const UnitFacts& after) {
  std::string why = after.result.empty() || after.result == "success" ? after.active_state : after.result;
  if (!after.load_error.empty()) why += ", " + after.load_error;
  return MakeError<errors::kEngineDidNotStart>(why);
}

// None once the engine answers; the error of the wait itself is another one.
Result<std::optional<Error>> AwaitAnswerOrSilence(System& system, const ReportWait& report_wait) {
  const auto deadline = system.clock.SteadyNow() + kAnswerBudget;
  while (true) {
    TRY_LET(const Observation observed, Observe(system, kPingBudget));
    if (observed.version) return std::optional<Error>();
    if (!IsRunning(observed.unit) || system.clock.SteadyNow() >= deadline)
      return std::optional(MakeError<errors::kEngineSilent>(observed.socket, observed.unit.active_state));
    TRY(report_wait("waiting for an answer of the engine on " + observed.socket));
    system.clock.SleepFor(kAnswerPause);
  }
}

}  // namespace

Error ExplainedByLog(const Error& failed, const std::string& logged) {
  if (logged.empty()) return failed;
  return logged.find("no space left on device") == std::string::npos
             ? MakeError<errors::kEngineRefused>(failed.what, logged)
             : MakeError<errors::kEngineDiskFull>(failed.what, logged);
}

Status InstallDropIn(System& system, const std::string& text) {
  if (text.empty()) {
    TRY(system.files.Remove(DropInPath()));
  } else {
    TRY(MakeRecordedFolder(system.files, std::string(kDropInFolder)));
    TRY(system.files.WriteAtomically(DropInPath(), text, 0644_mode));
    RestoreLabels(system, {std::string(kDropInFolder)});
  }
  return system.services.ReloadDefinitions();
}

Result<UnitFacts> AwaitSettled(System& system, const ReportWait& report_wait) {
  return AwaitUnit(system, kUnit, report_wait);
}

Status AwaitAnswer(System& system, const ReportWait& report_wait) {
  TRY_LET(const std::optional<Error> silence, AwaitAnswerOrSilence(system, report_wait));
  return silence ? Status(*silence) : Status();
}

Status RestartEngine(System& system, const ReportWait& report_wait, const ExplainFailure& explain) {
  TRY_LET(const UnitFacts before, system.services.Describe(kUnit));
  TRY(RecordDependents(system, before));
  TRY(ClearFailures(system));
  TRY(system.services.Restart(kUnit));
  TRY_LET(const UnitFacts after, AwaitSettled(system, report_wait));
  if (after.active_state != "active") {
    // A job that failed before the unit ran leaves the invocation of an earlier run.
    const bool ran = after.invocation_id != before.invocation_id;
    return explain(StartFailure(after), ran ? LoggedBy(system, after) : std::string());
  }
  TRY_LET(const std::optional<Error> silence, AwaitAnswerOrSilence(system, report_wait));
  if (silence) return explain(*silence, LoggedBy(system, after));
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
