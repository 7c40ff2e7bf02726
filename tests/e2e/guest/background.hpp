// SPDX-License-Identifier: MIT
// A program that runs beside us until its standard input ends; it is killed with this object, and with this
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

  // The next line that it prints, without its end.
  Result<std::string> ReadLine(std::chrono::milliseconds budget);

  // Ends its input and waits for its end; the rest of what it printed.
  Result<std::string> Finish(std::chrono::milliseconds budget);

 private:
  Background(UniqueFd process, UniqueFd input, UniqueFd output)
      : process_(std::move(process)), input_(std::move(input)), output_(std::move(output)) {}

  UniqueFd process_;  // a pidfd; none once it has been waited for
  UniqueFd input_;
  UniqueFd output_;
};

}  // namespace dockerext::guest
