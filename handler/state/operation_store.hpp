// SPDX-License-Identifier: MIT
// The newest operation of this boot: one record and two locks in /run/docker-extension. A process holds the
// operation lock while it changes the machine, and the record lock, briefly, while it raises the generation,
// writes a status or finishes an operation. "Newer" is the later call (the generation), never the sequence
// number, which may repeat and decrease.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/ports/files.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

struct OperationRecord {
  std::uint64_t generation = 0;  // unique in this boot; 0: no operation yet
  std::string operation;         // "enable", "disable", "update", "uninstall", "remove-packages"
  std::string desired;           // hash of the desired state; only for "enable"
  std::uint64_t sequence = 0;    // of the status file that the operation completes
  std::string status_folder;
  std::string log_folder;
  bool finished = true;
  std::optional<Error> failure;  // why the worker failed, while its rollback is not finished
  std::vector<std::string>
      dependents;  // were active before the engine's restart, and are to be started again

  friend bool operator==(const OperationRecord&, const OperationRecord&) = default;
};

class OperationStore {
 public:
  OperationStore(Files& files, Locks& locks) : files_(files), locks_(locks) {}

  // Takes no lock; generation 0 when no operation ran in this boot.
  Result<OperationRecord> Read();

  // Under the record lock: reads the record, calls `change`, and saves when that succeeded and edited it.
  Status Update(const std::function<Status(OperationRecord&)>& change);

  // kTimeout when another process holds the operation lock for longer than the budget.
  Result<std::unique_ptr<HeldLock>> AcquireOperation(std::chrono::milliseconds budget);

  // Removes the state folder and this boot's folder, for an uninstall that leaves nothing; kSuperseded when
  // the generation is no longer the newest.
  Status RemoveAllState(std::uint64_t generation);

 private:
  Result<std::unique_ptr<HeldLock>> Acquire(std::string_view name, std::chrono::milliseconds budget);

  Files& files_;
  Locks& locks_;
};

// Higher than the record's, and never used before in this boot, even when the record was removed in between:
// a unit of that name may still contain an apt that outlived its worker.
std::uint64_t NextGeneration(const OperationRecord& record, std::chrono::milliseconds since_boot);

// The systemd unit of a generation's worker.
std::string WorkerUnit(std::uint64_t generation);
inline constexpr const char* kWorkerUnitPattern = "docker-extension-*.service";
// Nothing for a unit of another name.
std::optional<std::uint64_t> GenerationOf(std::string_view worker_unit);

}  // namespace dockerext
