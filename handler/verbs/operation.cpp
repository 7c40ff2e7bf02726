// SPDX-License-Identifier: MIT
#include "handler/verbs/operation.hpp"

#include "handler/base/text.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kSupersedeBudget{240};
constexpr std::chrono::seconds kKillBudget{20};
constexpr std::chrono::seconds kReadyBudget{30};

// The copy's folder is named by the content's hash: an update adds another copy, and a running worker keeps
// its own.
Result<std::string> CopyProgram(System& system, const std::string& program) {
  TRY_LET(const std::string bytes, system.files.Read(program, std::size_t{64} << 20U));
  const std::string folder = std::string(kProgramsFolder) + "/" + system.crypto.Sha256(bytes).substr(0, 32);
  std::string copy = folder + "/docker-extension";
  if (Exists(system.files, copy)) return copy;
  for (const std::string& path : {std::string(kStateFolder), std::string(kProgramsFolder), folder}) {
    TRY(system.files.MakeFolder(path, 0700_mode));
  }
  TRY(system.files.WriteAtomically(copy, bytes, 0700_mode));
  return copy;
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
    if (!killed.ok()) system.log.Warn(killed.error().message + ", continuing");
  }
  return {};
}

}  // namespace

Result<bool> IsAlive(System& system, const OperationRecord& record) {
  if (record.finished) return false;
  TRY_LET(const UnitFacts facts, system.services.Describe(WorkerUnit(record.generation)));
  return facts.active_state == "active" || facts.active_state == "activating" ||
         facts.active_state == "deactivating";
}

Status CheckNotSuperseded(System& system, std::uint64_t generation) {
  TRY_LET(const OperationRecord record, OperationStore(system.files, system.locks).Read());
  if (record.generation == generation) return {};
  return Error{Code::kSuperseded, "superseded by a newer operation (" + record.operation + ")"};
}

std::string LogFolderOfOperation(System& system) {
  const auto record = OperationStore(system.files, system.locks).Read();
  return record.ok() ? record->log_folder : std::string();
}

Result<OwnedOperation> Supersede(System& system, const std::string& name) {
  OperationStore store(system.files, system.locks);
  OwnedOperation operation;
  TRY(store.Update([&](OperationRecord& record) -> Status {
    operation.generation = NextGeneration(record, system.clock.SinceBoot());
    record = OperationRecord{.generation = operation.generation, .operation = name};
    return {};
  }));
  auto lock = store.AcquireOperation(kSupersedeBudget);
  if (!lock.ok() && lock.error().code == Code::kTimeout) {
    TRY(KillWorkersBefore(system, operation.generation));
    lock = store.AcquireOperation(kKillBudget);
  }
  TRY_LET(operation.lock, std::move(lock));
  return operation;
}

Result<std::unique_ptr<HeldLock>> AcquireOperationLock(System& system, std::uint64_t generation) {
  OperationStore store(system.files, system.locks);
  const auto deadline = system.clock.SteadyNow() + kOperationDeadline;
  while (true) {
    TRY(CheckNotSuperseded(system, generation));
    auto lock = store.AcquireOperation(std::chrono::seconds(1));
    if (lock.ok()) {
      TRY(CheckNotSuperseded(system, generation));
      return lock;
    }
    if (lock.error().code != Code::kTimeout || system.clock.SteadyNow() > deadline) return lock;
  }
}

Status LaunchWorker(System& system, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments) {
  TRY_LET(const std::string copy, CopyProgram(system, program));
  TransientUnit unit;
  unit.name = WorkerUnit(generation);
  unit.description = "Docker VM extension: " + arguments.at(1);
  unit.command = std::move(arguments);
  unit.command.insert(unit.command.begin(), copy);
  unit.after_command = {copy, "worker-exit", std::to_string(generation)};
  unit.start_limit = kReadyBudget;
  unit.run_limit = kOperationDeadline + std::chrono::minutes(5);
  return system.services.StartTransient(unit);
}

}  // namespace dockerext
