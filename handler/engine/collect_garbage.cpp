// SPDX-License-Identifier: MIT
#include "handler/engine/collect_garbage.hpp"

#include <set>

#include "handler/docker/daemon_json.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/engine/observation.hpp"
#include "handler/state/operation_store.hpp"
#include "handler/state/programs.hpp"
#include "handler/state/tls_sets.hpp"

namespace dockerext {
namespace {

Result<std::set<std::string>> ReferencedTlsSets(System& system) {
  TRY_LET(const Observation observed, Observe(system));
  // A ledger that cannot be read may reference any set.
  if (observed.ledger_error) return *observed.ledger_error;
  const auto& good = observed.ledger.last_known_good;
  std::set<std::string> referenced;
  for (const auto& endpoint : {EndpointOfDropIn(observed.drop_in), RunningEndpoint(observed),
                               good ? EndpointOfDropIn(good->drop_in) : std::nullopt}) {
    if (endpoint) referenced.insert(endpoint->tls_folder);
  }
  return referenced;
}

}  // namespace

Status CollectTlsSets(System& system) {
  TRY_LET(const auto referenced, ReferencedTlsSets(system));
  return RemoveTlsSetsExcept(system.files, referenced);
}

Status CollectUnfinished(Files& files) {
  const auto ledger = LoadLedger(files);
  const auto changed = ledger.ok() ? ledger->live_restore : std::nullopt;
  const std::string daemon_json = changed ? changed->path : std::string(kDaemonJsonPath);
  // One that is a symlink is written at its target.
  const auto target = files.Resolve(daemon_json);
  for (const std::string& path : {DropInPath(), LedgerPath(), target.ok() ? *target : daemon_json}) {
    TRY(files.RemoveUnfinished(path));
  }
  return {};
}

Status CollectPrograms(System& system, const std::string& keep) {
  std::set<std::string> referenced = {keep};
  TRY_LET(const auto units, system.services.Loaded(kWorkerUnitPattern));
  for (const std::string& name : units) {
    TRY_LET(const UnitFacts facts, system.services.Describe(name));
    if (!facts.exec_start.empty()) referenced.insert(facts.exec_start.front());
  }
  return RemoveProgramsExcept(system.files, referenced);
}

}  // namespace dockerext
