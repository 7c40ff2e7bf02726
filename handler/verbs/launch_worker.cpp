// SPDX-License-Identifier: MIT
#include "handler/verbs/launch_worker.hpp"

#include "handler/engine/selinux.hpp"
#include "handler/state/operation_store.hpp"
#include "handler/state/programs.hpp"
#include "handler/verbs/operation.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::seconds kReadyBudget{30};
// The exit handler waits for an older worker, and restarts the engine.
constexpr std::chrono::minutes kExitBudget{15};

}  // namespace

Status LaunchWorker(System& system, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments) {
  TRY_LET(const std::string copy, CopyProgram(system.files, system.crypto, program));
  LabelProgram(system, copy);
  TransientUnit unit;
  unit.name = WorkerUnit(generation);
  unit.description = "Docker VM extension: " + arguments.at(1);
  unit.command = std::move(arguments);
  unit.command.insert(unit.command.begin(), copy);
  unit.after_command = {copy, "worker-exit", std::to_string(generation)};
  unit.start_limit = kReadyBudget;
  unit.run_limit = kOperationDeadline + std::chrono::minutes(5);
  unit.stop_limit = kExitBudget;
  Status started = system.services.StartTransient(unit);
  if (started.ok()) return started;
  // A worker that was quick has ended before systemd was asked; it says so itself.
  const auto record = OperationStore(system.files, system.locks).Read();
  const bool has_finished = record.ok() && (record->generation != generation || record->finished);
  return has_finished ? Status() : started;
}

}  // namespace dockerext
