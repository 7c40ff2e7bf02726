// SPDX-License-Identifier: MIT
// Parses a command line of `guest`: options with a value, flags, positional arguments, and a command after
// "--".
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::guest {

struct Arguments {
  std::vector<std::string> positional;
  std::vector<std::string> command;  // after "--"
  std::map<std::string, std::vector<std::string>> options;

  bool Has(const std::string& option) const { return options.contains(option); }
  std::string Last(const std::string& option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::string() : found->second.back();
  }
};

// `accepted`: "--name=" for an option that takes the next argument as its value, "--all" for a flag.
Result<Arguments> ParseArguments(std::span<const std::string> line,
                                 std::span<const std::string_view> accepted);

}  // namespace dockerext::guest
