// SPDX-License-Identifier: MIT
// Ensures that one operation at a time changes the machine: the one with the newest generation, while it
// holds the operation lock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "handler/ports/system.hpp"
#include "handler/state/operation_store.hpp"

namespace dockerext {

inline constexpr std::chrono::minutes kOperationDeadline{30};

// Whether the recorded operation is unfinished and its worker unit still runs.
Result<bool> IsAlive(System& system, const OperationRecord& record);

// kSuperseded when a newer operation was recorded since this generation.
Status CheckNotSuperseded(System& system, std::uint64_t generation);

// The agent's log folder, as the command that started the current operation recorded it; empty when unknown.
std::string LogFolderOfOperation(System& system);

// For a command that acts itself: raises the generation, waits for a running worker to stop (up to 240 s;
// then kills its main process, never dpkg) and returns the operation lock. `name` is the operation's name.
struct OwnedOperation {
  std::uint64_t generation = 0;
  std::unique_ptr<HeldLock> lock;
};
Result<OwnedOperation> Supersede(System& system, const std::string& name);

// For a worker: waits for the operation lock; kSuperseded when a newer operation was recorded meanwhile.
Result<std::unique_ptr<HeldLock>> AcquireOperationLock(System& system, std::uint64_t generation);

// Starts the worker of a generation in its own transient unit, from a copy of this program that the agent
// neither replaces nor removes; returns when the worker is ready.
Status LaunchWorker(System& system, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments);

}  // namespace dockerext
