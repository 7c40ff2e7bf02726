// SPDX-License-Identifier: MIT
// Converts errno to an Error, "opening '/x': Permission denied"; kNotFound for ENOENT and ENOTDIR.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

inline Error SystemError(const std::string& doing, int number = errno) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  return Error{missing ? Code::kNotFound : Code::kInternal, doing + ": " + std::strerror(number)};
}

}  // namespace dockerext
