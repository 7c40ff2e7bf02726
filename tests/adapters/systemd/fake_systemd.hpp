// SPDX-License-Identifier: MIT
// systemd's side of the bus in a thread, over a socket pair: no systemd, no dbus-daemon. Answers with what
// the test sets, and remembers what it was asked.
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

  // The client's end of the connection; once.
  BusPtr TakeClient() { return std::move(client_); }

  // "StartUnit docker.service replace": in the order of the calls.
  std::vector<std::string> Calls();
  void Note(std::string call);

  std::atomic<const char*> job_result = "done";
  std::atomic<bool> jobs_end = true;
  std::atomic<bool> knows_units = true;
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
