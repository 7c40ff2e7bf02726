// SPDX-License-Identifier: MIT
// A background program that runs until its standard input ends. It is killed with this object and with this
// process.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/result.hpp"

namespace dockerext::guest {

class Background {
 public:
  static Result<Background> Start(const std::vector<std::string>& argv);

  Background(Background&&) = default;
  Background& operator=(Background&&) = delete;
  ~Background();

  // The next line of its output, without the newline.
  Result<std::string> ReadLine(std::chrono::milliseconds budget);

  // Closes its input, waits for it to exit, and returns the rest of its output.
  Result<std::string> Finish(std::chrono::milliseconds budget);

 private:
  Background(UniqueFd process, UniqueFd input, UniqueFd output)
      : process_(std::move(process)), input_(std::move(input)), output_(std::move(output)) {}

  UniqueFd process_;  // a pidfd; none after the program has been reaped
  UniqueFd input_;
  UniqueFd output_;
};

}  // namespace dockerext::guest
