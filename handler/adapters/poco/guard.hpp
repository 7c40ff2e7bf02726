// SPDX-License-Identifier: MIT
// Converts Poco's exceptions to Errors. Private to this room.
#pragma once

#include <Poco/Exception.h>

#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

template <class Function>
auto Guard(const std::string& doing, Function function) -> decltype(function()) {
  try {
    return function();
  } catch (const Poco::TimeoutException& e) {
    return Error{Code::kTimeout, doing + ": " + e.displayText()};
  } catch (const Poco::Exception& e) {
    return Error{Code::kInternal, doing + ": " + e.displayText()};
  }
}

}  // namespace dockerext
