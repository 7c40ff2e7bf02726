// SPDX-License-Identifier: MIT
// Waits for the end of a systemd job, not for its being queued. Private to this room.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "handler/adapters/systemd/bus_call.hpp"

namespace dockerext {

// Made before the job is asked for, so that an early end is not missed.
class JobWatch {
 public:
  static Result<JobWatch> Begin(sd_bus* bus);

  // kTimeout after the budget; kInternal with systemd's word (failed, canceled, timeout, dependency) when the
  // job did not end as "done".
  Status Await(const std::string& job, const std::string& doing, std::chrono::milliseconds budget);

 private:
  using SlotPtr = Handle<sd_bus_slot, sd_bus_slot_unref>;
  using Ended = std::map<std::string, std::string>;  // job -> result

  static int OnRemoved(sd_bus_message* message, void* ended, sd_bus_error* error);

  sd_bus* bus_ = nullptr;
  std::unique_ptr<Ended> ended_;  // where the callback finds it, wherever this object moves
  SlotPtr slot_;
};

}  // namespace dockerext
