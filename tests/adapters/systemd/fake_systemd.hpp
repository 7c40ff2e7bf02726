// SPDX-License-Identifier: MIT
// Simulates systemd's side of the bus in a thread, over a socket pair, without systemd or dbus-daemon.
// Replies as the test configures it, breaks connections, and records the calls.
#pragma once

#include <systemd/sd-bus.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "handler/adapters/systemd/systemd_services.hpp"

namespace dockerext {

class FakeSystemd {
 public:
  struct UnitState {
    std::string active;
    bool has_job = false;
  };

  FakeSystemd() = default;
  ~FakeSystemd();
  FakeSystemd(const FakeSystemd&) = delete;
  FakeSystemd& operator=(const FakeSystemd&) = delete;

  // The client's end of a new connection, in place of the one before.
  Result<BusPtr> Connect();
  void Disconnect();

  // All calls in order, as "StartUnit docker.service replace"; those without an answer too.
  std::vector<std::string> Calls();
  void Record(std::string call);

  // What the unit's state is each time it is read; the last one stays.
  void Expect(std::vector<UnitState> states);
  UnitState NextState();
  UnitState State();

  std::atomic<bool> units_exist = true;
  std::atomic<bool> transient_exists = false;
  std::atomic<const char*> system_state = "running";

  std::atomic<int> refusals = 0;                      // of the next connections
  std::atomic<int> answers_before_trouble = 0;        // before the two that follow
  std::atomic<int> lost_answers = 0;                  // in place of which the connection breaks
  std::atomic<const char*> answered_error = nullptr;  // once

 private:
  void Serve(int fd, const std::stop_token& stop);

  std::mutex mutex_;
  std::vector<std::string> calls_;
  std::deque<UnitState> states_{{"active", true}};
  UnitState state_;
  std::jthread thread_;
};

}  // namespace dockerext
