// SPDX-License-Identifier: MIT
// Who may change the machine: the newest generation, holding the work lock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "handler/ports/system.hpp"
#include "handler/state/operation_store.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kOperationDeadline{30};

// Whether the record's work still has a process that will end it.
Result<bool> IsAlive(System& system, const OperationRecord& record);

// kSuperseded when a newer command was given since this generation.
Status CheckNotSuperseded(System& system, std::uint64_t generation);

// Where the work of this boot logs: the agent's folder, as the command that asked for the work knew it.
std::string LogFolderOfOperation(System& system);

// For a command that acts at once: raises the generation, waits for a running worker to stop (up to 240 s;
// then its main process, never dpkg, is killed) and gives the work lock.
struct OwnedOperation {
  std::uint64_t generation = 0;
  std::unique_ptr<HeldLock> lock;
};
Result<OwnedOperation> Supersede(System& system, const std::string& work);

// For a worker: waits for its turn; kSuperseded when a newer command was given meanwhile.
Result<std::unique_ptr<HeldLock>> AcquireOperationLock(System& system, std::uint64_t generation);

// Starts the worker of a generation in a unit of its own, from a copy of this program that no agent replaces
// or removes; returns once it is ready.
Status LaunchWorker(System& system, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments);

}  // namespace dockerext
