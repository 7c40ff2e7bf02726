// SPDX-License-Identifier: MIT
// The process that owns one guest: its mount namespace, both network namespaces, nspawn and every boot of it.
// It ends with SIGTERM, with its owner, and when the guest powers itself off; however it ends, the guest
// does.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

class Supervisor {
 public:
  // `starter` is told when the guest is up, or why it is not; its end before that ends the guest, as that of
  // `owner` (which may be none) does at any time.
  Supervisor(Entry entry, UniqueFd starter, UniqueFd owner)
      : entry_(std::move(entry)), starter_(std::move(starter)), owner_(std::move(owner)) {}

  Status Run();

 private:
  enum class Next { kGoOn, kEnd };
  using Clock = std::chrono::steady_clock;

  Status SetUp();
  Status Boot();
  Status Serve();
  Result<Next> Turn();
  Status ReadNotification();
  Status BecomeUp();
  Status TakeRequest();
  Status HandleRequest(const std::string& request);
  Result<Next> NspawnEnded();
  void TellAll(const Status& status);
  void TearDown();
  int MillisecondsLeft() const;

  Entry entry_;
  UniqueFd starter_;
  UniqueFd owner_;
  UniqueFd signals_;
  UniqueFd notifications_;
  UniqueFd control_;
  std::vector<UniqueFd> waiting_;  // for the guest to be up

  pid_t nspawn_ = 0;
  UniqueFd nspawn_pidfd_;
  pid_t leader_ = 0;  // as nspawn counts
  bool power_is_cut_ = false;
  std::optional<Clock::time_point> deadline_;  // by which the guest has to be up; none: it is
};

}  // namespace dockerext::guest
