// SPDX-License-Identifier: MIT
// errno as an Error.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext::guest {

// Call it directly after the failed call.
inline Error ErrnoError(std::string_view doing) {
  const int number = errno;
  return Error{number == ENOENT || number == ESRCH ? Code::kNotFound : Code::kInternal,
               std::string(doing) + ": " + std::strerror(number)};
}

}  // namespace dockerext::guest
