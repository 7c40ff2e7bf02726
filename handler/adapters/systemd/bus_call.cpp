// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/bus_call.hpp"

namespace dockerext {
namespace {

// The first line is systemd's end or ours; the names are what dbus-daemon answers in place of a systemd that
// is between two connections.
bool IsLost(const sd_bus_error& error, int result) {
  for (const int lost : {ECONNRESET, ECONNABORTED, ECONNREFUSED, ENOTCONN, EPIPE, ESHUTDOWN}) {
    if (result == -lost) return true;
  }
  return sd_bus_error_has_names(&error, SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_DISCONNECTED,
                                SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NAME_HAS_NO_OWNER) != 0;
}

Code CodeOf(const sd_bus_error& error, int result) {
  if (IsLost(error, result)) return Code::kBusy;
  const bool unknown = sd_bus_error_has_name(&error, "org.freedesktop.systemd1.NoSuchUnit") != 0;
  return unknown ? Code::kNotFound : Code::kInternal;
}

}  // namespace

Result<MessagePtr> NewCall(sd_bus* bus, const BusMethod& method) {
  sd_bus_message* call = nullptr;
  const int result = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.systemd1", method.path,
                                                    method.interface, method.member);
  if (result < 0) return BusError("creating a call to systemd", result);
  return MessagePtr(call);
}

Result<MessagePtr> SendCall(sd_bus* bus, sd_bus_message* call, const char* accepted) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* answer = nullptr;
  const int result = sd_bus_call(bus, call, 0, &error, &answer);
  MessagePtr reply(answer);
  if (result >= 0) return reply;
  const char* const text = error.message != nullptr ? error.message : std::strerror(-result);
  Error failure = MakeError<errors::kSystemdRefused>(
                      std::string("calling systemd's ") + sd_bus_message_get_member(call), text)
                      .As(CodeOf(error, result));
  const bool is_accepted = accepted != nullptr && sd_bus_error_has_name(&error, accepted) != 0;
  sd_bus_error_free(&error);
  if (is_accepted) return reply;
  return failure;
}

}  // namespace dockerext
