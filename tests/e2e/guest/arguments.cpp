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
    const std::string& word = line[i];
    if (word == "--") {
      arguments.command.assign(line.begin() + static_cast<std::ptrdiff_t>(i) + 1, line.end());
      break;
    }
    if (!word.starts_with("--")) {
      arguments.words.push_back(word);
    } else if (accepts(word)) {
      arguments.options[word];
    } else if (!accepts(word + "=")) {
      return Error{Code::kInvalidSettings, "there is no option " + Quoted(word) + " here"};
    } else if (i + 1 == line.size()) {
      return Error{Code::kInvalidSettings, word + " wants a value"};
    } else {
      arguments.options[word].push_back(line[++i]);
    }
  }
  return arguments;
}

}  // namespace dockerext::guest
