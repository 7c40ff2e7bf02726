// SPDX-License-Identifier: MIT
// flock(2) on files that may be removed and made anew by others meanwhile.
#pragma once

#include "handler/ports/clock.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

class PosixLocks : public Locks {
 public:
  explicit PosixLocks(Clock& clock) : clock_(clock) {}
  Result<std::unique_ptr<HeldLock>> Acquire(const std::string& path,
                                            std::chrono::milliseconds budget) override;

 private:
  Clock& clock_;
};

}  // namespace dockerext
