// SPDX-License-Identifier: MIT
// Waits until a systemd job has finished, not only until it is queued. Private to this room.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "handler/adapters/systemd/bus_call.hpp"

namespace dockerext {

// Create it before requesting the job, so that an early end is not missed.
class JobWatch {
 public:
  static Result<JobWatch> Begin(sd_bus* bus);

  // kTimeout after the budget; kInternal with systemd's result (failed, canceled, timeout, dependency) when
  // it is not "done".
  Status Await(const std::string& job, const std::string& doing, std::chrono::milliseconds budget);

 private:
  using SlotPtr = Handle<sd_bus_slot, sd_bus_slot_unref>;
  using Ended = std::map<std::string, std::string>;  // job -> result

  static int OnRemoved(sd_bus_message* message, void* ended, sd_bus_error* error);

  sd_bus* bus_ = nullptr;
  std::unique_ptr<Ended> ended_;  // on the heap, so that the callback's pointer survives a move
  SlotPtr slot_;
};

}  // namespace dockerext
