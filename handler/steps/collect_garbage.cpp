// SPDX-License-Identifier: MIT
#include "handler/steps/collect_garbage.hpp"

#include <set>

#include "handler/base/text.hpp"
#include "handler/docker/daemon_json.hpp"
#include "handler/docker/drop_in.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/state/ledger.hpp"
#include "handler/state/operation_store.hpp"
#include "handler/state/paths.hpp"
#include "handler/steps/docker_unit.hpp"

namespace dockerext {
namespace {

Result<std::set<std::string>> ReferencedTlsSets(System& system) {
  std::set<std::string> named;
  DockerUnit unit(system);
  if (const auto configured = unit.ConfiguredEndpoint()) named.insert(configured->tls_folder);
  TRY_LET(const auto running, unit.RunningCommand());
  if (const auto endpoint = EndpointOf(running)) named.insert(endpoint->tls_folder);
  const auto ledger = LoadLedger(system.files);
  if (ledger.ok() && ledger->last_known_good) named.insert(ledger->last_known_good->tls_folder);
  // A ledger that cannot be read may name any set.
  if (!ledger.ok() && ledger.error().code != Code::kNotFound) return ledger.error();
  return named;
}

// Removes the entries of a folder that `named` lacks, and the folder when it is empty then.
Status RemoveUnreferenced(Files& files, std::string_view folder, const std::set<std::string>& named) {
  const auto names = files.List(std::string(folder));
  if (!names.ok() && names.error().code == Code::kNotFound) return {};
  if (!names.ok()) return names.error();
  // What a link leads to is not ours to sweep.
  if (!IsFolder(files, std::string(folder))) {
    return Error{Code::kInternal, Quoted(folder) + " is not a folder; remove it"};
  }
  std::size_t left = names->size();
  for (const std::string& name : *names) {
    const std::string path = std::string(folder) + "/" + name;
    if (named.contains(path)) continue;
    TRY(files.RemoveTree(path));
    --left;
  }
  return left == 0 ? files.Remove(std::string(folder)) : Status();
}

}  // namespace

Status CollectTlsSets(System& system) {
  TRY_LET(const auto named, ReferencedTlsSets(system));
  return RemoveUnreferenced(system.files, kTlsRoot, named);
}

Status CollectUnfinished(Files& files) {
  // A daemon.json that is a link is written where that leads to.
  const auto daemon_json = files.Resolve(std::string(kDaemonJsonPath));
  for (const std::string& path :
       {DropInPath(), LedgerPath(), daemon_json.ok() ? *daemon_json : std::string(kDaemonJsonPath)}) {
    TRY(files.RemoveUnfinished(path));
  }
  return {};
}

Status CollectPrograms(System& system, const std::string& keep) {
  std::set<std::string> named = {keep};
  TRY_LET(const auto units, system.services.Loaded(kWorkerUnitPattern));
  for (const std::string& name : units) {
    TRY_LET(const UnitFacts facts, system.services.Describe(name));
    if (!facts.exec_start.empty()) named.insert(ParentOf(facts.exec_start.front()));
  }
  return RemoveUnreferenced(system.files, kProgramsFolder, named);
}

}  // namespace dockerext
