// SPDX-License-Identifier: MIT
#include "handler/adapters/systemd/bus_call.hpp"

namespace dockerext {

Error CallError(const std::string& doing, const sd_bus_error& error, int result) {
  if (error.name == nullptr) return BusError(doing, result);
  const bool unknown = std::strcmp(error.name, "org.freedesktop.systemd1.NoSuchUnit") == 0;
  return Error{unknown ? Code::kNotFound : Code::kInternal,
               doing + ": " + (error.message == nullptr ? error.name : error.message)};
}

}  // namespace dockerext
