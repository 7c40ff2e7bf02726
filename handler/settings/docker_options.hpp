// SPDX-License-Identifier: MIT
// The rules for docker.options: what the customer may add to dockerd's command line. Private to this room.
#pragma once

#include <string>
#include <variant>

namespace dockerext {

struct OptionError {
  std::string message;
};

// The option as "--name[=value]", shorthands of the 2015 documentation expanded; or the error.
std::variant<std::string, OptionError> ReadDockerOption(const std::string& token);

}  // namespace dockerext
