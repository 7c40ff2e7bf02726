// SPDX-License-Identifier: MIT
#include "handler/steps/close_endpoint.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/collect_garbage.hpp"
#include "handler/steps/docker_unit.hpp"
#include "handler/steps/run_engine.hpp"

namespace dockerext {
namespace {

// The endpoint that the running engine opened with the extension's options.
Result<std::optional<EngineEndpoint>> OpenEndpoint(DockerUnit& unit) {
  TRY_LET(const auto running, unit.RunningCommand());
  return EndpointOf(running);
}

// Restarts the engine without the extension's drop-in. When that fails the engine is stopped and started;
// when that fails too the engine is down, so its port is closed anyway.
void RestartWithoutEndpoint(System& system, DockerUnit& unit) {
  const Status restarted = RestartEngine(system, unit);
  if (restarted.ok()) return;
  system.log.Error("the engine did not restart after its port was closed: " + restarted.error().message);
  const Status started = StopAndStartEngine(system, unit);
  if (!started.ok()) system.log.Error("the engine failed to start: " + started.error().message);
}

Status RemoveDropIn(System& system, DockerUnit& unit) {
  if (!Exists(system.files, DropInPath())) return {};
  TRY(system.files.Remove(DropInPath()));
  TRY(system.services.ReloadDefinitions());
  unit.Invalidate();
  system.log.Info("removed " + DropInPath());
  return {};
}

// A closed port needs no further verification, so it is the last known good configuration.
void RecordClosed(System& system) {
  const auto loaded = LoadLedger(system.files);
  if (!loaded.ok() && loaded.error().code == Code::kNotFound) return;
  const Status recorded = AmendLedger(system.files, [](Ledger& ledger) {
    ledger.last_known_good = LastKnownGood{};
    ledger.cached_plan.reset();
  });
  if (!recorded.ok()) system.log.Warn(recorded.error().message + ", continuing");
}

// Also reloads when the file is unchanged: systemd may have loaded another version of it.
Status InstallLastKnownGood(System& system, DockerUnit& unit, const std::string& drop_in) {
  if (drop_in.empty())
    TRY(system.files.Remove(DropInPath()));
  else
    TRY(system.files.WriteAtomically(DropInPath(), drop_in, 0644_mode));
  TRY(system.services.ReloadDefinitions());
  unit.Invalidate();
  system.log.Info("restored the last known good configuration");
  return {};
}

// Whether the engine does not match the drop-in on disk, which is the last known good one: an operation that
// was killed during its rollback leaves the engine with another configuration, or down. Without a drop-in a
// stopped engine is no difference: it may have been stopped before.
Result<bool> DiffersFromDropIn(DockerUnit& unit, bool has_drop_in) {
  TRY_LET(const UnitFacts facts, unit.Facts());
  if (facts.load_state != "loaded") return false;
  if (facts.active_state == "failed" || facts.sub_state == "auto-restart") return true;
  // systemd may have loaded another version of the drop-in.
  if (EndpointOf(facts.exec_start) != unit.ConfiguredEndpoint()) return true;
  const bool may_be_down = !has_drop_in && facts.active_state == "inactive";
  if (may_be_down) return false;
  TRY_LET(const bool serves, unit.MatchesDropInEndpoint());
  return !serves;
}

}  // namespace

Status CloseEndpoint(System& system) {
  DockerUnit unit(system);
  const auto opened = OpenEndpoint(unit);
  // Without systemd the extension cannot have opened a port.
  if (!opened.ok() && opened.error().code == Code::kMissingDependency && !Exists(system.files, DropInPath()))
    return {};
  if (!opened.ok()) return opened.error();
  const bool was_open = opened->has_value();
  TRY(RemoveDropIn(system, unit));
  if (was_open) {
    RestartWithoutEndpoint(system, unit);
    TRY_LET(const auto still_open, OpenEndpoint(unit));
    if (still_open) {
      return Error{Code::kInternal, "dockerd still listens on port " + std::to_string(still_open->port) +
                                        "; run `systemctl restart docker` and see `journalctl -u docker`"};
    }
  }
  RecordClosed(system);
  for (const Status& collected : {CollectTlsSets(system), CollectUnfinished(system.files)}) {
    if (!collected.ok()) system.log.Warn(collected.error().message + ", continuing");
  }
  return {};
}

Status RestoreLastKnownGood(System& system) {
  auto ledger = LoadLedger(system.files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return {};
  if (!ledger.ok()) return std::move(ledger).error();
  const std::string last_known_good =
      ledger->last_known_good ? ledger->last_known_good->drop_in : std::string();
  const auto on_disk = system.files.Read(DropInPath());
  const bool is_in_place = (on_disk.ok() ? *on_disk : std::string()) == last_known_good;
  DockerUnit unit(system);
  if (is_in_place) {
    TRY_LET(const bool differs, DiffersFromDropIn(unit, !last_known_good.empty()));
    if (!differs) return {};
  }
  TRY(InstallLastKnownGood(system, unit, last_known_good));
  // An engine that a package manager is still installing must not be started.
  if (ledger->installing) return {};
  TRY_LET(const bool serves, unit.MatchesLoadedUnit());
  return serves ? Status() : StopAndStartEngine(system, unit);
}

}  // namespace dockerext
