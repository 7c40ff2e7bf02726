// SPDX-License-Identifier: MIT
// Locks between the "processes" of one test. Waiting for one advances the fake clock.
#pragma once

#include <map>
#include <set>

#include "handler/ports/clock.hpp"
#include "handler/ports/locks.hpp"

namespace dockerext {

class FakeLocks : public Locks {
 public:
  explicit FakeLocks(Clock& clock) : clock_(clock) {}

  Result<std::unique_ptr<HeldLock>> Acquire(const std::string& path,
                                            std::chrono::milliseconds budget) override {
    if (held.contains(path)) {
      clock_.SleepFor(budget);
      return Error{Code::kTimeout, "another process holds '" + path + "'"};
    }
    return std::unique_ptr<HeldLock>(std::make_unique<Hold>(held, path));
  }

  std::string HolderOf(const LockFile& lock) override {
    const auto holder = holders.find(std::string(lock.path));
    return holder == holders.end() ? "" : holder->second;
  }

  std::set<std::string> held;
  std::map<std::string, std::string> holders;  // of other programs' locks, by path

 private:
  class Hold : public HeldLock {
   public:
    Hold(std::set<std::string>& held, std::string path) : held_(held), path_(std::move(path)) {
      held_.insert(path_);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() override { held_.erase(path_); }

   private:
    std::set<std::string>& held_;
    std::string path_;
  };

  Clock& clock_;
};

}  // namespace dockerext
