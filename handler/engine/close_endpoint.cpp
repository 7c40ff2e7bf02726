// SPDX-License-Identifier: MIT
#include "handler/engine/close_endpoint.hpp"

#include "handler/base/text.hpp"
#include "handler/engine/collect_garbage.hpp"
#include "handler/engine/firewall_rules.hpp"
#include "handler/engine/observation.hpp"
#include "handler/errors/engine.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kProbeBudget{5};

Status RemoveDropIn(System& system) {
  if (!Exists(system.files, DropInPath())) return {};
  TRY(InstallDropIn(system, ""));
  system.log.Info("removed " + DropInPath());
  return {};
}

// A closed port needs no further verification, so it is the last known good configuration.
void RecordClosed(System& system) {
  const auto loaded = LoadLedger(system.files);
  if (!loaded.ok() && loaded.error().code == Code::kNotFound) return;
  const Status recorded = AmendLedger(system.files, [](Ledger& ledger) {
    ledger.last_known_good = LastKnownGood{.live_restore = ledger.live_restore.has_value(), .verified = true};
    ledger.cached_plan.reset();
  });
  if (!recorded.ok()) system.log.Warn(recorded.error().what + ", continuing");
}

Result<std::optional<EngineEndpoint>> OpenEndpoint(System& system, const ReportWait& report_wait) {
  TRY_LET(const UnitFacts settled, AwaitSettled(system, report_wait));
  TRY_LET(const auto running, ArgvOf(system.files, settled.main_pid));
  return EndpointOf(running);
}

Status StillOpen(const EngineEndpoint& endpoint) {
  return MakeError<errors::kStillListening>(std::to_string(endpoint.port));
}

// Runs the engine without the endpoint. A unit that systemd cannot load any more cannot be restarted: then
// the open port is the greater harm.
Status RestartWithoutEndpoint(System& system, const ReportWait& report_wait) {
  const Status restarted = RestartEngine(system, report_wait);
  if (restarted.ok()) return {};
  system.log.Error("the engine did not restart after its port was closed: " + restarted.error().Message());
  TRY_LET(const auto open, OpenEndpoint(system, report_wait));
  if (!open) return {};
  system.log.Error("stopping the engine, so that its port is closed");
  return StopEngine(system, report_wait);
}

// The process is looked at after the reload: a restart that was in progress may have started it with our
// line.
Status CloseOpenEndpoint(System& system, const ReportWait& report_wait) {
  TRY(RemoveDropIn(system));
  TRY_LET(const auto open, OpenEndpoint(system, report_wait));
  if (!open) return {};
  TRY(RestartWithoutEndpoint(system, report_wait));
  TRY_LET(const auto still_open, OpenEndpoint(system, report_wait));
  if (still_open) return StillOpen(*still_open);
  // The kernel has the last word: a process that systemd has lost sight of may still listen.
  TRY_LET(const bool listening, system.network.IsListening(open->port));
  return listening ? StillOpen(*open) : Status();
}

}  // namespace

Status CloseEndpoint(System& system, const ReportWait& report_wait) {
  Status closed = CloseOpenEndpoint(system, report_wait);
  CloseAllPorts(system);  // all the more where a process still listens
  // Without systemd the extension cannot have opened a port.
  const bool has_systemd = closed.ok() || closed.error().code != Code::kMissingDependency;
  if (!has_systemd && !Exists(system.files, DropInPath())) return {};
  if (!closed.ok()) return closed;
  RecordClosed(system);
  for (const Status& collected : {CollectTlsSets(system), CollectUnfinished(system.files)}) {
    if (!collected.ok()) system.log.Warn(collected.error().what + ", continuing");
  }
  return {};
}

Result<bool> CloseEndpointOpenToStrangers(System& system, const ReportWait& report_wait) {
  TRY_LET(const auto open, OpenEndpoint(system, report_wait));
  if (!open) return false;
  const auto probed = system.endpoint.ProbeAnonymously(open->port, kProbeBudget);
  if (!probed.ok() || probed->refused) return false;
  system.log.Error("port " + std::to_string(open->port) +
                   " answers clients without a certificate: closing it");
  TRY(CloseEndpoint(system, report_wait));
  return true;
}

Result<bool> CloseEndpointOfOtherVm(System& system, const ReportWait& report_wait) {
  const auto ledger = LoadLedger(system.files);
  if (!ledger.ok() || !ledger->of_other_vm) return false;
  system.log.Info("this VM was created from an image of another VM: closing that one's endpoint");
  TRY(CloseEndpoint(system, report_wait));
  return true;
}

}  // namespace dockerext
