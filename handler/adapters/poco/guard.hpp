// SPDX-License-Identifier: MIT
// Exceptions of Poco stop here and become Errors. Private to this room.
#pragma once

#include <Poco/Exception.h>

#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

template <class Work>
auto Guard(const std::string& doing, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Poco::TimeoutException& e) {
    return Error{Code::kTimeout, doing + ": " + e.displayText()};
  } catch (const Poco::Exception& e) {
    return Error{Code::kInternal, doing + ": " + e.displayText()};
  }
}

}  // namespace dockerext
