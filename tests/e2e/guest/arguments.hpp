// SPDX-License-Identifier: MIT
// A command line of `guest`: options with a value, flags, words, and what comes after "--". Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext::guest {

struct Arguments {
  std::vector<std::string> words;
  std::vector<std::string> command;  // after "--"
  std::map<std::string, std::vector<std::string>> options;

  bool Has(const std::string& option) const { return options.contains(option); }
  std::string Last(const std::string& option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::string() : found->second.back();
  }
};

// `accepted`: "--name=" for an option that takes the next word as its value, "--all" for one without.
Result<Arguments> ParseArguments(std::span<const std::string> line,
                                 std::span<const std::string_view> accepted);

}  // namespace dockerext::guest
