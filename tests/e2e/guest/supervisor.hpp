// SPDX-License-Identifier: MIT
// The process that owns one guest: its mount namespace, its network, its machine and every boot. It
// ends on SIGTERM, with its owner, and when the guest powers itself off. The guest always ends with it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"
#include "tests/e2e/guest/machine.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

class Supervisor {
 public:
  // `starter` receives the answer when the guest is ready or has failed to boot. The guest ends if `starter`
  // closes before that, or if `owner` (may be none) exits at any time.
  Supervisor(Entry entry, UniqueFd starter, UniqueFd owner)
      : entry_(std::move(entry)),
        machine_(MakeMachine(entry_)),
        starter_(std::move(starter)),
        owner_(std::move(owner)) {}

  Status Run();

 private:
  enum class Next { kContinue, kStop };
  using Clock = std::chrono::steady_clock;

  Status SetUp();
  Status Boot();
  Status Serve();
  Result<Next> PollOnce();
  Status ReadNotification();
  Status MarkReady();
  Status ReadRequest();
  Status HandleRequest(const std::string& request);
  Status Restart(const std::string& request);
  Result<Next> HandleExit();
  void AnswerAll(const Status& status);
  void TearDown();
  int MillisecondsLeft() const;

  Entry entry_;
  std::unique_ptr<Machine> machine_;
  UniqueFd starter_;
  UniqueFd owner_;
  UniqueFd signals_;
  UniqueFd control_;
  std::vector<UniqueFd> waiting_;  // for the guest to be ready

  pid_t process_ = 0;  // of the machine
  UniqueFd pidfd_;
  bool restarting_ = false;                    // on request
  std::optional<Clock::time_point> deadline_;  // for the guest to be ready; none once it is
};

}  // namespace dockerext::guest
