// SPDX-License-Identifier: MIT
// Watches a worker in a VM from this machine: every version of its status file, and its process, which a test
// can kill at a chosen moment. No program runs in the guest for that, so the timing is exact.
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

  // Call it before enable: the present content of the status file is ignored. Valid until the next boot of
  // the guest.
  static Result<OperationWatch> Begin(const Vm& vm, std::uint64_t sequence);

  // The next version that differs from the previous one (short-lived ones may be skipped); kTimeout if there
  // is none in time.
  Result<Seen> Next(std::chrono::milliseconds budget);
  Result<Seen> AwaitFinal(std::chrono::milliseconds budget);

  // The main process of the running worker; kNotFound if there is none.
  Result<UniqueFd> Worker() const;
  // enable writes the first status itself, before its worker runs.
  Result<UniqueFd> AwaitWorker(std::chrono::milliseconds budget) const;

 private:
  OperationWatch(std::string root, std::string folder, std::string name, UniqueFd events)
      : root_(std::move(root)),
        folder_(std::move(folder)),
        name_(std::move(name)),
        events_(std::move(events)) {}

  std::string root_;    // /proc/<the guest's first process>/root
  std::string folder_;  // the status folder, as a path on this machine
  std::string name_;
  UniqueFd events_;  // inotify
  std::string last_;
};

// A phase of an operation: the time from one status version to the next.
struct Phase {
  std::string name;  // "engine" while that step runs, "after engine" until the next one starts
  std::size_t position = 0;
  std::chrono::milliseconds length{};
};

// The phase that this status belongs to. Positions increase during an operation.
Phase PhaseOf(const StatusReport& report);

// The phases of an undisturbed operation, from its first status to its last.
Result<std::vector<Phase>> FollowToTheEnd(OperationWatch& watch);

// A moment of an operation.
struct KillPoint {
  Phase phase;
  std::chrono::milliseconds after{};  // the start of the phase
};

// Spreads the points evenly over the operation, one at random in each part (reproducible by the seed). A
// phase weighs one, plus one for each second of its length: by time alone nearly all points would be in apt,
// by steps alone nearly none.
std::vector<KillPoint> SpreadOver(const std::vector<Phase>& phases, std::size_t count, std::uint32_t seed);

}  // namespace dockerext
