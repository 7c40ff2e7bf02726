// SPDX-License-Identifier: MIT
// Who works in this boot: one record and two locks below /run/docker-extension. The work lock is held by
// whoever changes the machine; the record lock, briefly, by whoever raises the generation, writes a status or
// ends a work. "Newer" is the later call (the generation), never the sequence number, which may repeat and go
// backwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "handler/ports/files.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

struct OperationRecord {
  std::uint64_t generation = 0;  // unique in this boot; 0: nothing ran yet
  std::string operation;         // "enable", "disable", "update", "uninstall", "remove-packages"
  std::string desired;           // hash of the desired state, of "enable"
  std::uint64_t sequence = 0;    // whose status the work ends
  std::string status_folder;
  std::string log_folder;
  bool finished = true;

  friend bool operator==(const OperationRecord&, const OperationRecord&) = default;
};

class OperationStore {
 public:
  OperationStore(Files& files, Locks& locks) : files_(files), locks_(locks) {}

  // Without a lock; a generation of 0 when nothing ran in this boot.
  Result<OperationRecord> Read();

  // Under the record lock: reads, lets `change` act and edit, saves when edited and `change` succeeded.
  Status Update(const std::function<Status(OperationRecord&)>& change);

  // kTimeout when another process works for longer than the budget.
  Result<std::unique_ptr<HeldLock>> AcquireOperation(std::chrono::milliseconds budget);

  // Takes this boot's folder and the state folder away, for an uninstall that leaves nothing; kSuperseded
  // when the generation is not the newest any more.
  Status RemoveAllState(std::uint64_t generation);

 private:
  Result<std::unique_ptr<HeldLock>> Acquire(std::string_view name, std::chrono::milliseconds budget);

  Files& files_;
  Locks& locks_;
};

// Higher than the record's, and never used before in this boot, even when the record was forgotten in
// between: a unit of that name may still hold an apt that outlived its worker.
std::uint64_t NextGeneration(const OperationRecord& record, std::chrono::milliseconds since_boot);

// The unit in which the worker of a generation runs.
std::string WorkerUnit(std::uint64_t generation);
inline constexpr const char* kWorkerUnitPattern = "docker-extension-*.service";
// Nothing for a unit of another name.
std::optional<std::uint64_t> GenerationOf(std::string_view worker_unit);

}  // namespace dockerext
