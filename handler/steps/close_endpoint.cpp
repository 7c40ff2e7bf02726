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

// The port that the running engine has open in our name.
Result<std::optional<EngineEndpoint>> OpenEndpoint(DockerUnit& unit) {
  TRY_LET(const auto running, unit.RunningCommand());
  return EndpointOf(running);
}

// A restart without our drop-in; where that fails the engine is started afresh, and where that fails too it
// is down, which is closed as well.
void RestartClosed(System& system, DockerUnit& unit) {
  const Status restarted = RestartEngine(system, unit);
  if (restarted.ok()) return;
  system.log.Error("the engine did not come back after its port was closed: " + restarted.error().message);
  const Status started = StopAndStartEngine(system, unit);
  if (!started.ok()) system.log.Error("the engine does not start: " + started.error().message);
}

Status RemoveDropIn(System& system, DockerUnit& unit) {
  if (!Exists(system.files, DropInPath())) return {};
  TRY(system.files.Remove(DropInPath()));
  TRY(system.services.ReloadDefinitions());
  unit.Changed();
  system.log.Info("removed " + DropInPath());
  return {};
}

// Closed is a state that needs no more proof than that nothing listens.
void RecordClosed(System& system) {
  const auto loaded = LoadLedger(system.files);
  if (!loaded.ok() && loaded.error().code == Code::kNotFound) return;
  const Status noted = AmendLedger(system.files, [](Ledger& ledger) {
    ledger.last_known_good = LastKnownGood{};
    ledger.cached_plan.reset();
  });
  if (!noted.ok()) system.log.Warn(noted.error().message + ", continuing");
}

// Also where the file is as it was: systemd may not have read it again.
Status InstallLastKnownGood(System& system, DockerUnit& unit, const std::string& drop_in) {
  if (drop_in.empty())
    TRY(system.files.Remove(DropInPath()));
  else
    TRY(system.files.WriteAtomically(DropInPath(), drop_in, 0644_mode));
  TRY(system.services.ReloadDefinitions());
  unit.Changed();
  system.log.Info("the last configuration that worked is back");
  return {};
}

// With the proven drop-in in its place: a work that was cut off on its own way back has left the engine with
// another configuration, or down. One that is merely stopped, where nothing of ours was proven, may have been
// so before.
Result<bool> IsLeftBehind(DockerUnit& unit, bool has_drop_in) {
  TRY_LET(const UnitFacts facts, unit.Facts());
  if (facts.load_state != "loaded") return false;
  if (facts.active_state == "failed" || facts.sub_state == "auto-restart") return true;
  // systemd may not have read it again.
  if (EndpointOf(facts.exec_start) != unit.ConfiguredEndpoint()) return true;
  const bool may_be_down = !has_drop_in && facts.active_state == "inactive";
  if (may_be_down) return false;
  TRY_LET(const bool serves, unit.ServesConfiguredEndpoint());
  return !serves;
}

}  // namespace

Status CloseEndpoint(System& system) {
  DockerUnit unit(system);
  const auto opened = OpenEndpoint(unit);
  // Without systemd nothing of ours can be open.
  if (!opened.ok() && opened.error().code == Code::kMissingDependency && !Exists(system.files, DropInPath()))
    return {};
  if (!opened.ok()) return opened.error();
  const bool was_open = opened->has_value();
  TRY(RemoveDropIn(system, unit));
  if (was_open) {
    RestartClosed(system, unit);
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
  const std::string proven = ledger->last_known_good ? ledger->last_known_good->drop_in : std::string();
  const auto on_disk = system.files.Read(DropInPath());
  const bool is_in_place = (on_disk.ok() ? *on_disk : std::string()) == proven;
  DockerUnit unit(system);
  if (is_in_place) {
    TRY_LET(const bool left, IsLeftBehind(unit, !proven.empty()));
    if (!left) return {};
  }
  TRY(InstallLastKnownGood(system, unit, proven));
  // What a package manager is still putting in place is not ours to start.
  if (ledger->installing) return {};
  TRY_LET(const bool serves, unit.RunsAsConfigured());
  return serves ? Status() : StopAndStartEngine(system, unit);
}

}  // namespace dockerext
