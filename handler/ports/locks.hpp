// SPDX-License-Identifier: MIT
// Locks between processes of one boot. The kernel releases a lock when its holder exits, also when killed.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext {

// Held until destroyed; not inherited by child processes.
class HeldLock {
 public:
  virtual ~HeldLock() = default;
};

// A lock of other programs, which is asked about and never taken.
struct LockFile {
  enum class Kind {
    kFcntl,    // a write lock of fcntl(2) on the file
    kPidFile,  // the file has the pid of its holder; without such a process it is stale
  };
  std::string_view path;
  Kind kind = Kind::kFcntl;
};

class Locks {
 public:
  virtual ~Locks() = default;
  // Creates the file (0600) if missing; its folder must exist. kTimeout when the budget is used up.
  virtual Result<std::unique_ptr<HeldLock>> Acquire(const std::string& path,
                                                    std::chrono::milliseconds budget) = 0;
  // Which other process holds it, as "process 314 (unattended-upgr)"; empty when none does, or when the file
  // is missing or cannot be read: its owner then says more.
  virtual std::string HolderOf(const LockFile& lock) = 0;
};

}  // namespace dockerext
