// SPDX-License-Identifier: MIT
// Implements Locks with flock(2), on files that other processes may remove and create again meanwhile.
// Whether another program holds a lock is only asked: F_OFD_GETLK takes none.
#pragma once

#include "handler/ports/clock.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

class PosixLocks : public Locks {
 public:
  explicit PosixLocks(Clock& clock) : clock_(clock) {}
  Result<std::unique_ptr<HeldLock>> Acquire(const std::string& path,
                                            std::chrono::milliseconds budget) override;
  std::string HolderOf(const LockFile& lock) override;

 private:
  Clock& clock_;
};

}  // namespace dockerext
