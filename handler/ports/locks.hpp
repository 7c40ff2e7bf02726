// SPDX-License-Identifier: MIT
// Locks between processes of one boot. The kernel releases a lock when its holder exits, also when killed.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

// Held until destroyed; not inherited by child processes.
class HeldLock {
 public:
  virtual ~HeldLock() = default;
};

class Locks {
 public:
  virtual ~Locks() = default;
  // Creates the file (0600) if missing; its folder must exist. kTimeout when the budget is used up.
  virtual Result<std::unique_ptr<HeldLock>> Acquire(const std::string& path,
                                                    std::chrono::milliseconds budget) = 0;
};

}  // namespace dockerext
