// SPDX-License-Identifier: MIT
#include "handler/verbs/work.hpp"

#include "handler/base/text.hpp"
#include "handler/state/paths.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kTakeOverBudget{240};
constexpr std::chrono::seconds kDeathBudget{20};
constexpr std::chrono::seconds kReadyBudget{30};

// A copy named by its content: an update brings another one, and a running worker keeps its own.
Result<std::string> CopyProgram(Host& host, const std::string& program) {
  TRY_LET(const std::string bytes, host.files.Read(program, std::size_t{64} << 20U));
  const std::string folder = std::string(kProgramsFolder) + "/" + host.crypto.Sha256(bytes).substr(0, 32);
  std::string copy = folder + "/docker-extension";
  if (Exists(host.files, copy)) return copy;
  for (const std::string& path : {std::string(kStateFolder), std::string(kProgramsFolder), folder}) {
    TRY(host.files.MakeFolder(path, 0700_mode));
  }
  TRY(host.files.WriteAtomically(copy, bytes, 0700_mode));
  return copy;
}

// All of them: the newest waits for the lock that an older one may still hold. The main processes alone,
// never dpkg.
Status KillWorkersBefore(Host& host, std::uint64_t generation) {
  TRY_LET(const auto units, host.services.Loaded(kWorkerUnitPattern));
  for (const std::string& unit : units) {
    const auto older = GenerationOf(unit);
    if (!older || *older >= generation) continue;
    host.log.Warn(unit + " did not stop in time; killing its main process");
    const Status killed = host.services.SignalMainProcess(unit, Services::Signal::kKill);
    if (!killed.ok()) host.log.Warn(killed.error().message + ", continuing");
  }
  return {};
}

}  // namespace

Result<bool> IsAlive(Host& host, const BootRecord& record) {
  if (record.finished) return false;
  TRY_LET(const UnitFacts facts, host.services.Describe(WorkerUnit(record.generation)));
  return facts.active_state == "active" || facts.active_state == "activating" ||
         facts.active_state == "deactivating";
}

Status StillNewest(Host& host, std::uint64_t generation) {
  TRY_LET(const BootRecord record, BootState(host.files, host.locks).Read());
  if (record.generation == generation) return {};
  return Error{Code::kSuperseded, "a newer command (" + record.work + ") took over"};
}

std::string LogFolderOfWork(Host& host) {
  const auto record = BootState(host.files, host.locks).Read();
  return record.ok() ? record->log_folder : std::string();
}

Result<TakenOver> TakeOver(Host& host, const std::string& work) {
  BootState boot(host.files, host.locks);
  TakenOver taken;
  TRY(boot.Update([&](BootRecord& record) -> Status {
    taken.generation = NextGeneration(record, host.clock.SinceBoot());
    record = BootRecord{.generation = taken.generation, .work = work};
    return {};
  }));
  auto lock = boot.AcquireWork(kTakeOverBudget);
  if (!lock.ok() && lock.error().code == Code::kTimeout) {
    TRY(KillWorkersBefore(host, taken.generation));
    lock = boot.AcquireWork(kDeathBudget);
  }
  TRY_LET(taken.lock, std::move(lock));
  return taken;
}

Result<std::unique_ptr<HeldLock>> AwaitTurn(Host& host, std::uint64_t generation) {
  BootState boot(host.files, host.locks);
  const auto deadline = host.clock.SteadyNow() + kWorkDeadline;
  while (true) {
    TRY(StillNewest(host, generation));
    auto lock = boot.AcquireWork(std::chrono::seconds(1));
    if (lock.ok()) {
      TRY(StillNewest(host, generation));
      return lock;
    }
    if (lock.error().code != Code::kTimeout || host.clock.SteadyNow() > deadline) return lock;
  }
}

Status LaunchWorker(Host& host, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments) {
  TRY_LET(const std::string copy, CopyProgram(host, program));
  TransientUnit unit;
  unit.name = WorkerUnit(generation);
  unit.description = "Docker VM extension: " + arguments.at(1);
  unit.command = std::move(arguments);
  unit.command.insert(unit.command.begin(), copy);
  unit.after_command = {copy, "after-worker", std::to_string(generation)};
  unit.start_limit = kReadyBudget;
  unit.run_limit = kWorkDeadline + std::chrono::minutes(5);
  return host.services.StartTransient(unit);
}

}  // namespace dockerext
