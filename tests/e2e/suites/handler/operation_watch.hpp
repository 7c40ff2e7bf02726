// SPDX-License-Identifier: MIT
// A worker in a VM, watched from this machine: every version of its status as it is written, and its process,
// to be ended at a chosen moment. No program runs in the guest for that, so the moment is exact.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/agent/status_file.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class OperationWatch {
 public:
  using Clock = std::chrono::steady_clock;

  struct Seen {
    StatusReport report;
    Clock::time_point when;
    bool IsFinal() const { return report.level != StatusLevel::kTransitioning; }
  };

  // Before the enable: what is in the status file already counts for nothing. Good until the guest's next
  // boot.
  static Result<OperationWatch> Begin(const Vm& vm, std::uint64_t sequence);

  // The next version that differs from the one given before (quick ones may be skipped); kTimeout when there
  // is none in time.
  Result<Seen> Next(std::chrono::milliseconds budget);
  Result<Seen> AwaitFinal(std::chrono::milliseconds budget);

  // The main process of the worker that runs now; kNotFound when there is none.
  Result<UniqueFd> Worker() const;

 private:
  OperationWatch(std::string root, std::string folder, std::string name, UniqueFd events)
      : root_(std::move(root)),
        folder_(std::move(folder)),
        name_(std::move(name)),
        events_(std::move(events)) {}

  std::string root_;    // /proc/<the guest's first process>/root
  std::string folder_;  // the status folder, from here
  std::string name_;
  UniqueFd events_;  // inotify
  std::string last_;
};

// A stretch of a work: from one status that it writes to the next one.
struct Phase {
  std::string name;  // "engine" while that step works, "after engine" until the next one begins
  std::size_t place = 0;
  std::chrono::milliseconds length{};
};

// Which stretch a work is in when this is its status; places grow as it goes on.
Phase PhaseOf(const StatusReport& report);

// The stretches of a work that nobody disturbs, from its first status to its last.
Result<std::vector<Phase>> FollowToTheEnd(OperationWatch& watch);

// A moment of a work.
struct KillPoint {
  Phase phase;
  std::chrono::milliseconds after{};  // the stretch's begin
};

// Spread evenly over the work, one at random in each part (the same ones for the same seed). A stretch counts
// one, plus one for each second that it lasts: by time alone nearly all points would be in apt, by steps
// alone nearly none.
std::vector<KillPoint> SpreadOver(const std::vector<Phase>& phases, std::size_t count, std::uint32_t seed);

}  // namespace dockerext
