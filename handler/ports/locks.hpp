// SPDX-License-Identifier: MIT
// Locks between processes of one boot. The kernel gives a lock back when its holder ends, however it ends.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

// Held until destroyed; not inherited by programs that we start.
class HeldLock {
 public:
  virtual ~HeldLock() = default;
};

class Locks {
 public:
  virtual ~Locks() = default;
  // Makes the file (0600) where it is missing; its folder must be there. kTimeout when the budget is used up.
  virtual Result<std::unique_ptr<HeldLock>> Acquire(const std::string& path,
                                                    std::chrono::milliseconds budget) = 0;
};

}  // namespace dockerext
