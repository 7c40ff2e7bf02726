// SPDX-License-Identifier: MIT
// Converts Poco's exceptions to Errors. Private to this room.
#pragma once

#include <Poco/Exception.h>

#include <string>

#include "handler/errors/engine.hpp"

namespace dockerext {

template <class Function>
auto Guard(const std::string& doing, Function function) -> decltype(function()) {
  try {
    return function();
  } catch (const Poco::TimeoutException& e) {
    return MakeError<errors::kExchangeFailed>(doing, e.displayText()).As(Code::kTimeout);
  } catch (const Poco::Exception& e) {
    return MakeError<errors::kExchangeFailed>(doing, e.displayText());
  }
}

}  // namespace dockerext
