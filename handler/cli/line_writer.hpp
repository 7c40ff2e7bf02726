// SPDX-License-Identifier: MIT
// stdout or stderr of the command, a line at a time: secrets are hidden in all that is written.
#pragma once

#include <ostream>
#include <string_view>

#include "handler/base/redact.hpp"

namespace dockerext {

class LineWriter {
 public:
  LineWriter(std::ostream& stream) : stream_(stream) {}  // NOLINT: implicit on purpose

  void Line(std::string_view text) { stream_ << Redacted(text) << "\n"; }

 private:
  std::ostream& stream_;
};

}  // namespace dockerext
