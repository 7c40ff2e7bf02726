// SPDX-License-Identifier: MIT
#include "handler/steps/close_endpoint.hpp"

#include "handler/base/text.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/state/ledger.hpp"
#include "handler/steps/docker_unit.hpp"
#include "handler/steps/run_engine.hpp"
#include "handler/steps/sweep.hpp"

namespace dockerext {
namespace {

// The port that the running engine has open in our name.
Result<std::optional<EngineEndpoint>> OpenEndpoint(DockerUnit& unit) {
  TRY_LET(const auto running, unit.RunningCommand());
  return EndpointOf(running);
}

// A restart without our drop-in; where that fails the engine is started afresh, and where that fails too it
// is down, which is closed as well.
void RestartClosed(Host& host, DockerUnit& unit) {
  const Status restarted = RestartEngine(host, unit);
  if (restarted.ok()) return;
  host.log.Failed("the engine did not come back after its port was closed: " + restarted.error().message);
  const Status started = StartEngineAfresh(host, unit);
  if (!started.ok()) host.log.Failed("the engine does not start: " + started.error().message);
}

Status RemoveDropIn(Host& host, DockerUnit& unit) {
  if (!Exists(host.files, DropInPath())) return {};
  TRY(host.files.Remove(DropInPath()));
  TRY(host.services.ReloadDefinitions());
  unit.Changed();
  host.log.Info("removed " + DropInPath());
  return {};
}

// Closed is a state that needs no more proof than that nothing listens.
void NoteClosed(Host& host) {
  const auto loaded = LoadLedger(host.files);
  if (!loaded.ok() && loaded.error().code == Code::kNotFound) return;
  const Status noted = AmendLedger(host.files, [](Ledger& ledger) {
    ledger.proven = ProvenConfiguration{};
    ledger.settled.reset();
  });
  if (!noted.ok()) host.log.Warn(noted.error().message + ", continuing");
}

// Also where the file is as it was: systemd may not have read it again.
Status PutProven(Host& host, DockerUnit& unit, const std::string& drop_in) {
  if (drop_in.empty())
    TRY(host.files.Remove(DropInPath()));
  else
    TRY(host.files.WriteAtomically(DropInPath(), drop_in, 0644_mode));
  TRY(host.services.ReloadDefinitions());
  unit.Changed();
  host.log.Info("the last configuration that worked is back");
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

Status CloseEndpoint(Host& host) {
  DockerUnit unit(host);
  const auto opened = OpenEndpoint(unit);
  // Without systemd nothing of ours can be open.
  if (!opened.ok() && opened.error().code == Code::kMissingDependency && !Exists(host.files, DropInPath()))
    return {};
  if (!opened.ok()) return opened.error();
  const bool was_open = opened->has_value();
  TRY(RemoveDropIn(host, unit));
  if (was_open) {
    RestartClosed(host, unit);
    TRY_LET(const auto still_open, OpenEndpoint(unit));
    if (still_open) {
      return Error{Code::kInternal, "dockerd still listens on port " + std::to_string(still_open->port) +
                                        "; run `systemctl restart docker` and see `journalctl -u docker`"};
    }
  }
  NoteClosed(host);
  for (const Status& swept : {SweepTlsSets(host), SweepUnfinished(host.files)}) {
    if (!swept.ok()) host.log.Warn(swept.error().message + ", continuing");
  }
  return {};
}

Status RestoreProven(Host& host) {
  auto ledger = LoadLedger(host.files);
  if (!ledger.ok() && ledger.error().code == Code::kNotFound) return {};
  if (!ledger.ok()) return std::move(ledger).error();
  const std::string proven = ledger->proven ? ledger->proven->drop_in : std::string();
  const auto on_disk = host.files.Read(DropInPath());
  const bool is_in_place = (on_disk.ok() ? *on_disk : std::string()) == proven;
  DockerUnit unit(host);
  if (is_in_place) {
    TRY_LET(const bool left, IsLeftBehind(unit, !proven.empty()));
    if (!left) return {};
  }
  TRY(PutProven(host, unit, proven));
  // What a package manager is still putting in place is not ours to start.
  if (ledger->installing) return {};
  TRY_LET(const bool serves, unit.RunsAsConfigured());
  return serves ? Status() : StartEngineAfresh(host, unit);
}

}  // namespace dockerext
