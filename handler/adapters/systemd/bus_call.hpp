// SPDX-License-Identifier: MIT
// Calls one D-Bus method of systemd and converts its failure to an Error. Private to this room.
#pragma once

#include <systemd/sd-bus.h>

#include <cstring>
#include <string>

#include "handler/base/handle.hpp"
#include "handler/base/result.hpp"
#include "handler/errors/engine.hpp"

namespace dockerext {

using BusPtr = Handle<sd_bus, sd_bus_flush_close_unref>;
using MessagePtr = Handle<sd_bus_message, sd_bus_message_unref>;

// Converts a negative return value of sd-bus to an Error.
inline Error BusError(const std::string& doing, int result) {
  return MakeError<errors::kSystemdRefused>(doing, std::strerror(-result));
}

struct BusMethod {
  const char* path;
  const char* interface;
  const char* member;
};

inline BusMethod ManagerMethod(const char* member) {
  return {"/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", member};
}

// A call of systemd without arguments, not yet sent.
Result<MessagePtr> NewCall(sd_bus* bus, const BusMethod& method);

// The answer; nullptr when systemd answers with the error `accepted`. Its other errors have its message:
// kNotFound when the unit is not loaded, kBusy when the connection is lost, answered or not.
Result<MessagePtr> SendCall(sd_bus* bus, sd_bus_message* call, const char* accepted = nullptr);

template <class... Arguments>
Result<MessagePtr> CallBus(sd_bus* bus, const BusMethod& method, const char* types, Arguments... arguments) {
  TRY_LET(const MessagePtr call, NewCall(bus, method));
  const int result = sd_bus_message_append(call.get(), types, arguments...);
  if (result < 0) return BusError("creating a call to systemd", result);
  return SendCall(bus, call.get());
}

// Reads the content of a container of a message: sd-bus's negative value on failure, 0 where there is no
// further element, and otherwise 1.
template <class Read>
int ReadInside(sd_bus_message* message, char kind, const char* contents, Read read) {
  int result = sd_bus_message_enter_container(message, kind, contents);
  if (result <= 0) return result;
  result = read();
  if (result >= 0) result = sd_bus_message_exit_container(message);
  return result < 0 ? result : 1;
}

// All elements of an array of containers.
template <class Read>
int ReadArray(sd_bus_message* message, char kind, const std::string& contents, Read read) {
  const std::string element = kind == 'e' ? "{" + contents + "}" : "(" + contents + ")";
  return ReadInside(message, 'a', element.c_str(), [&] {
    int result = 0;
    do {
      result = ReadInside(message, kind, contents.c_str(), read);
    } while (result > 0);
    return result;
  });
}

}  // namespace dockerext
