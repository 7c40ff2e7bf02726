// SPDX-License-Identifier: MIT
#include "handler/engine/last_known_good.hpp"

#include <algorithm>

#include "handler/engine/close_endpoint.hpp"
#include "handler/engine/decisions.hpp"
#include "handler/engine/firewall_rules.hpp"
#include "handler/engine/live_restore.hpp"

namespace dockerext {
namespace {

bool FilesMatch(const LastKnownGood& good, const Observation& observed) {
  const bool has_live_restore = observed.ledger.live_restore.has_value();
  return observed.drop_in == good.drop_in && good.live_restore == has_live_restore &&
         EndpointOf(observed.unit.exec_start) == EndpointOfDropIn(good.drop_in);
}

// Whether the process has exactly the command that docker.service sets with this drop-in.
bool RunsWith(Files& files, const std::string& drop_in, const Observation& observed) {
  auto unit_files = observed.vendor_files;
  if (!drop_in.empty()) unit_files.push_back({DropInPath(), drop_in});
  const auto command = CommandOf(files, unit_files);
  return command && std::ranges::equal(command->args, observed.running, {}, &ArgWithOrigin::arg);
}

// Without a drop-in a stopped engine is no difference: its owner may have stopped it since. A process that is
// older than the drop-in may lack its options.
bool EngineMatches(Files& files, const LastKnownGood& good, const Observation& observed) {
  const UnitFacts& unit = observed.unit;
  if (unit.load_state == "not-found" || unit.load_state == "masked") return true;
  if (!good.engine_ran) return !IsRunning(unit);
  if (unit.active_state == "failed" || unit.sub_state == "auto-restart") return false;
  if (unit.active_state == "inactive") return good.drop_in.empty();
  if (RunningEndpoint(observed) != EndpointOfDropIn(good.drop_in)) return false;
  return !IsOlderThanDropIn(observed) || RunsWith(files, good.drop_in, observed);
}

// live-restore is added before the restart and removed after it: containers of an engine that is down survive
// only a start with it.
Status Restore(System& system, const LastKnownGood& good, const Observation& observed,
               const ReportWait& report_wait) {
  TRY(InstallDropIn(system, good.drop_in));
  if (good.live_restore && !observed.ledger.live_restore) TRY(AddLiveRestore(system, observed));
  if (observed.ledger.installing) return {};  // an engine that is being installed must not be started
  TRY_LET(const Observation restored, Observe(system));
  const bool runs_another = IsRunning(restored.unit) && !RunsWith(system.files, good.drop_in, restored);
  if (!good.engine_ran)
    TRY(StopStartedUnits(system, report_wait));
  else if (IsBusy(restored.unit) || runs_another || !EngineMatches(system.files, good, restored))
    TRY(RestartEngine(system, report_wait));
  return good.live_restore ? Status() : RemoveLiveRestore(system, report_wait);
}

// What is recorded comes from a file: TCP without client certificates is never restored, the engine runs
// without the drop-in instead.
LastKnownGood KnownGood(const Observation& observed) {
  LastKnownGood good = observed.ledger.last_known_good.value_or(
      LastKnownGood{.live_restore = observed.ledger.live_restore.has_value()});
  if (OpensTcpWithoutTls(good.drop_in)) good.drop_in.clear();
  return good;
}

// An engine that starts with the last known good configuration is waited for. While its process is not
// executed yet, what systemd has loaded is what it will be.
Result<Observation> ObserveSettled(System& system, const ReportWait& report_wait) {
  TRY_LET(Observation observed, Observe(system));
  const LastKnownGood good = KnownGood(observed);
  const auto running = RunningEndpoint(observed);
  const bool is_unverified =
      !FilesMatch(good, observed) || (running && running != EndpointOfDropIn(good.drop_in));
  if (!IsBusy(observed.unit) || is_unverified) return observed;
  TRY(AwaitSettled(system, report_wait));
  return Observe(system);
}

Result<bool> RestoreConfiguration(System& system, const ReportWait& report_wait) {
  TRY_LET(const Observation observed, ObserveSettled(system, report_wait));
  // Without a ledger that can be read nothing was committed: each commit is recorded there first.
  if (!observed.has_ledger) return false;
  if (!observed.ledger.last_known_good && observed.drop_in.empty()) return false;
  const LastKnownGood good = KnownGood(observed);
  if (FilesMatch(good, observed) && EngineMatches(system.files, good, observed)) return false;
  system.log.Info("restoring the last known good configuration");
  TRY(Restore(system, good, observed, report_wait));
  return true;
}

}  // namespace

bool IsUnverified(const Observation& observed) {
  if (observed.ledger_error) return false;
  const auto& good = observed.ledger.last_known_good;
  return observed.drop_in != (good ? good->drop_in : std::string()) || OpensTcpWithoutTls(observed.drop_in) ||
         (observed.ledger.of_other_vm && RunningEndpoint(observed));
}

Status RecordStartingPoint(System& system, const Observation& observed) {
  const auto& known = observed.ledger.last_known_good;
  // Not verified: recorded by an operation that failed, or, where something is changed already, by this one.
  const bool is_changed = IsUnverified(observed) || observed.ledger.live_restore;
  if (known && (known->verified || is_changed)) return {};
  // A drop-in that the engine does not run is what an interrupted operation left.
  const bool runs_drop_in = RunningEndpoint(observed) == EndpointOfDropIn(observed.drop_in) &&
                            !OpensTcpWithoutTls(observed.drop_in);
  const LastKnownGood now{.drop_in = runs_drop_in ? observed.drop_in : std::string(),
                          .engine_ran = IsRunning(observed.unit),
                          .live_restore = observed.ledger.live_restore.has_value(),
                          .verified = false};
  return AmendLedger(system.files, [&](Ledger& ledger) { ledger.last_known_good = now; });
}

Result<Rollback> RestoreLastKnownGood(System& system, const ReportWait& report_wait) {
  TRY_LET(const bool restored, RestoreConfiguration(system, report_wait));
  CloseUnreferencedPorts(system);
  TRY_LET(const bool closed, CloseEndpointOpenToStrangers(system, report_wait));
  if (closed) return Rollback::kClosed;
  return restored ? Rollback::kRestored : Rollback::kNothing;
}

}  // namespace dockerext
