// SPDX-License-Identifier: MIT
// A connection to systemd that lasts: one that is lost, because PID 1 was re-executed or dbus-daemon
// restarted, is made anew and the call repeated, for up to a minute. Connects at its first call. Private to
// this room.
#pragma once

#include <functional>

#include "handler/adapters/systemd/bus_call.hpp"
#include "handler/ports/clock.hpp"

namespace dockerext {

// kMissingDependency on a machine without systemd, kBusy when systemd takes no connections at the moment.
Result<BusPtr> ConnectToSystemd();

class Connection {
 public:
  using Connect = std::function<Result<BusPtr>()>;
  using BusCall = std::function<Result<MessagePtr>(sd_bus*)>;

  Connection(Clock& clock, Connect connect) : clock_(clock), connect_(std::move(connect)) {}

  // A call may be made twice: its answer, and not only the call, may have been lost. kMissingDependency when
  // systemd cannot be reached.
  Result<MessagePtr> Repeat(const BusCall& call);

  template <class... Arguments>
  Result<MessagePtr> Call(const BusMethod& method, const char* types, Arguments... arguments) {
    return Repeat([&](sd_bus* bus) { return CallBus(bus, method, types, arguments...); });
  }

 private:
  Clock& clock_;
  Connect connect_;
  BusPtr bus_;
};

}  // namespace dockerext
