// SPDX-License-Identifier: MIT
// Simulates systemd's side of the bus in a thread, over a socket pair, without systemd or dbus-daemon.
// Replies as the test configures it, and records the calls.
#pragma once

#include <systemd/sd-bus.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "handler/adapters/systemd/systemd_services.hpp"

namespace dockerext {

class FakeSystemd {
 public:
  FakeSystemd();
  ~FakeSystemd();
  FakeSystemd(const FakeSystemd&) = delete;
  FakeSystemd& operator=(const FakeSystemd&) = delete;

  // Moves out the client's end of the connection; call once.
  BusPtr TakeClient() { return std::move(client_); }

  // All calls in order, as "StartUnit docker.service replace".
  std::vector<std::string> Calls();
  void Record(std::string call);

  std::atomic<const char*> job_result = "done";
  std::atomic<bool> jobs_finish = true;
  std::atomic<bool> units_exist = true;
  std::atomic<bool> subscribed = false;

 private:
  void Serve(int fd);

  BusPtr client_;
  std::mutex mutex_;
  std::vector<std::string> calls_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace dockerext
