// SPDX-License-Identifier: MIT
// What the harness tells its user: one line an event, with the seconds since the start, written at once.
#pragma once

#include <chrono>
#include <ostream>
#include <string_view>

namespace dockerext::harness {

// The program's exit code; --help explains them.
enum class Verdict {
  kSuccess = 0,
  kHarnessFailed = 1,
  kUsage = 2,
  kCommandFailed = 3,
  kStatusError = 4,
  kStatusInvalid = 5,
  kTimedOut = 6,
};

class Reporter {
 public:
  explicit Reporter(std::ostream& out) : out_(out), started_(std::chrono::steady_clock::now()) {}

  // "  12.3 s  install-packages  success        installed docker.io"
  void Event(std::string_view what, std::string_view state, std::string_view detail);

  // A text of several lines, indented below the event that it belongs to.
  void Detail(std::string_view text);

  // The last line.
  Verdict Conclude(Verdict verdict, std::string_view why);

 private:
  void Stamp();

  std::ostream& out_;
  std::chrono::steady_clock::time_point started_;
};

// "12.3 s"
std::string FormatSeconds(std::chrono::milliseconds duration);

}  // namespace dockerext::harness
