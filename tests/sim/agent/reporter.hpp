// SPDX-License-Identifier: MIT
// The harness's output: one line per event, with the seconds since the start, flushed at once. Collects the
// same events and further data in one JSON document.
#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>

#include "tests/sim/contract/python_json.hpp"

namespace dockerext::agent_simulator {

// The program's exit code; --help explains them.
enum class ExitCode {
  kSuccess = 0,
  kHarnessFailed = 1,
  kUsage = 2,
  kCommandFailed = 3,
  kStatusError = 4,
  kStatusInvalid = 5,
  kTimedOut = 6,
};

// The outcome of a verb of the harness.
struct Outcome {
  ExitCode exit_code = ExitCode::kSuccess;
  std::string message;
};

class Reporter {
 public:
  explicit Reporter(std::ostream& out);

  // "  12.3 s  install-engine    success        installed docker.io"
  void Event(std::string_view what, std::string_view state, std::string_view detail);

  // A text of several lines, indented below the previous event.
  void Detail(std::string_view text);

  // Only in the document: Append adds an element with its time to the list `key`; Set sets the value of
  // `key`.
  void Append(const char* key, const contract::Json& object);
  void Set(const char* key, contract::Json value) { document_[key] = std::move(value); }

  // Prints the last line.
  ExitCode Conclude(const Outcome& outcome);

  const contract::Json& document() const { return document_; }

 private:
  std::chrono::milliseconds Elapsed() const;
  void Stamp();

  std::ostream& out_;
  std::chrono::steady_clock::time_point started_;
  contract::Json document_;
};

// 12.345
double Seconds(std::chrono::milliseconds duration);

// "12.3 s"
std::string FormatSeconds(std::chrono::milliseconds duration);

}  // namespace dockerext::agent_simulator
