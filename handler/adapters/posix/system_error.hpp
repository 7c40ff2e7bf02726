// SPDX-License-Identifier: MIT
// Converts errno to an Error, "opening '/x': Permission denied", with what can be done about that reason.
// Private to this room.
#pragma once

#include <cerrno>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

// `where` is the path of a file or a program, or the port. kNotFound for ENOENT and ENOTDIR.
Error SystemError(const std::string& doing, const std::string& where, int number = errno);

}  // namespace dockerext
