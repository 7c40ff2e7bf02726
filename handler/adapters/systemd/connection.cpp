// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/connection.hpp"

#include <systemd/sd-daemon.h>

#include "handler/base/retry.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

constexpr std::chrono::minutes kPatience{1};
constexpr std::chrono::milliseconds kPause{100};
// A reload reads every unit file of the machine.
constexpr std::uint64_t kCallLimit = 90'000'000;  // microseconds

// systemd's private socket, which systemctl uses as root too: it does not need a running dbus-daemon.
int OpenPrivate(BusPtr& bus) {
  sd_bus* made = nullptr;
  int result = sd_bus_new(&made);
  bus.reset(made);
  if (result >= 0) result = sd_bus_set_address(made, "unix:path=/run/systemd/private");
  return result >= 0 ? sd_bus_start(made) : result;
}

int OpenSystem(BusPtr& bus) {
  sd_bus* opened = nullptr;
  const int result = sd_bus_open_system(&opened);
  bus.reset(opened);
  return result;
}

}  // namespace

Result<BusPtr> ConnectToSystemd() {
  if (sd_booted() <= 0) {
    return MakeError<errors::kNoSystemd>();
  }
  BusPtr bus;
  int result = OpenPrivate(bus);
  // A refused connection is a PID 1 that is re-executed; dbus-daemon knows it no better.
  if (result < 0 && result != -ECONNREFUSED) result = OpenSystem(bus);
  if (result < 0) return BusError("connecting to systemd", result).As(Code::kBusy);
  sd_bus_set_method_call_timeout(bus.get(), kCallLimit);
  return bus;
}

Result<MessagePtr> Connection::Repeat(const BusCall& call) {
  auto outcome = RetryWhileBusy(clock_, kPatience, kPause, [&]() -> Result<MessagePtr> {
    if (!bus_) {
      TRY_LET(bus_, connect_());
    }
    auto attempt = call(bus_.get());
    if (!attempt.ok() && attempt.error().code == Code::kBusy) bus_ = nullptr;
    return attempt;
  });
  if (outcome.ok() || outcome.error().code != Code::kBusy) return outcome;
  return MakeError<errors::kSystemdUnreachable>(outcome.error().what);
}

}  // namespace dockerext
