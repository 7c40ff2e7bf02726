// SPDX-License-Identifier: MIT
// Calls one D-Bus method of systemd and converts its failure to an Error. Private to this room.
#pragma once

#include <systemd/sd-bus.h>

#include <cstring>
#include <string>

#include "handler/base/handle.hpp"
#include "handler/base/result.hpp"

namespace dockerext {

using MessagePtr = Handle<sd_bus_message, sd_bus_message_unref>;

inline constexpr const char* kSystemdName = "org.freedesktop.systemd1";
inline constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
inline constexpr const char* kManagerInterface = "org.freedesktop.systemd1.Manager";

// Converts a negative return value of sd-bus to an Error.
inline Error BusError(const std::string& doing, int result) {
  return Error{Code::kInternal, doing + ": " + std::strerror(-result)};
}

// kNotFound when the unit is not loaded; the message is systemd's.
Error CallError(const std::string& doing, const sd_bus_error& error, int result);

struct BusMethod {
  const char* path;
  const char* interface;
  const char* member;
};

inline BusMethod ManagerMethod(const char* member) { return {kManagerPath, kManagerInterface, member}; }

template <class... Arguments>
Result<MessagePtr> CallBus(sd_bus* bus, const BusMethod& method, const char* types, Arguments... arguments) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* reply = nullptr;
  const int result = sd_bus_call_method(bus, kSystemdName, method.path, method.interface, method.member,
                                        &error, &reply, types, arguments...);
  if (result >= 0) return MessagePtr(reply);
  Error failure = CallError(std::string("calling systemd's ") + method.member, error, result);
  sd_bus_error_free(&error);
  return failure;
}

}  // namespace dockerext
