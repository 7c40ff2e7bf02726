// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/job.hpp"

namespace dockerext {
namespace {

// systemd sends no signals without a subscriber. A second call on the same connection returns
// AlreadySubscribed, which is not an error here.
Status Subscribe(sd_bus* bus) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  const int result = sd_bus_call_method(bus, kSystemdName, kManagerPath, kManagerInterface, "Subscribe",
                                        &error, nullptr, "");
  const bool is_subscribed = sd_bus_error_has_name(&error, "org.freedesktop.systemd1.AlreadySubscribed") != 0;
  Status status;
  if (result < 0 && !is_subscribed) status = CallError("calling systemd's Subscribe", error, result);
  sd_bus_error_free(&error);
  return status;
}

}  // namespace

Result<JobWatch> JobWatch::Begin(sd_bus* bus) {
  JobWatch watch;
  watch.bus_ = bus;
  watch.ended_ = std::make_unique<Ended>();
  sd_bus_slot* slot = nullptr;
  // On the system bus any process may send this signal, so the sender is matched; a private connection has
  // only one peer.
  const char* const sender = sd_bus_is_bus_client(bus) > 0 ? kSystemdName : nullptr;
  const int result = sd_bus_match_signal(bus, &slot, sender, kManagerPath, kManagerInterface, "JobRemoved",
                                         OnRemoved, watch.ended_.get());
  if (result < 0) return BusError("matching systemd's JobRemoved signal", result);
  watch.slot_.reset(slot);
  TRY(Subscribe(bus));
  return watch;
}

// uoss: id, job, unit, result
int JobWatch::OnRemoved(sd_bus_message* message, void* ended, sd_bus_error* /*error*/) {
  std::uint32_t id = 0;
  const char* job = nullptr;
  const char* unit = nullptr;
  const char* result = nullptr;
  if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >= 0) {
    static_cast<Ended*>(ended)->insert_or_assign(job, result);
  }
  return 0;
}

Status JobWatch::Await(const std::string& job, const std::string& doing, std::chrono::milliseconds budget) {
  const auto deadline = std::chrono::steady_clock::now() + budget;
  while (true) {
    const auto found = ended_->find(job);
    if (found != ended_->end()) {
      if (found->second == "done") return {};
      return Error{Code::kInternal, doing + " failed with result \"" + found->second + "\""};
    }
    const int processed = sd_bus_process(bus_, nullptr);
    if (processed < 0) return BusError(doing, processed);
    if (processed > 0) continue;
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error{Code::kTimeout,
                   doing + " did not finish within " + std::to_string(budget.count() / 1000) + " s"};
    }
    const int waited = sd_bus_wait(bus_, static_cast<std::uint64_t>(left.count()));
    if (waited < 0 && waited != -EINTR) return BusError(doing, waited);
  }
}

}  // namespace dockerext
