// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/arguments.hpp"

#include <algorithm>

#include "handler/base/text.hpp"

namespace dockerext::guest {

Result<Arguments> ParseArguments(std::span<const std::string> line,
                                 std::span<const std::string_view> accepted) {
  Arguments arguments;
  const auto accepts = [&](const std::string& option) {
    return std::ranges::find(accepted, option) != accepted.end();
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string& argument = line[i];
    if (argument == "--") {
      arguments.command.assign(line.begin() + static_cast<std::ptrdiff_t>(i) + 1, line.end());
      break;
    }
    if (!argument.starts_with("--")) {
      arguments.positional.push_back(argument);
    } else if (accepts(argument)) {
      arguments.options[argument];
    } else if (!accepts(argument + "=")) {
      return Error{Code::kInvalidSettings, "unknown option " + Quoted(argument)};
    } else if (i + 1 == line.size()) {
      return Error{Code::kInvalidSettings, argument + " needs a value"};
    } else {
      arguments.options[argument].push_back(line[++i]);
    }
  }
  return arguments;
}

}  // namespace dockerext::guest
