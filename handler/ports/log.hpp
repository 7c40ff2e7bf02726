// SPDX-License-Identifier: MIT
// The log of a run: the system's journal, and a file in the agent's log folder once that folder is known.
// Verbs and steps log; everything below returns. Failing to log never fails the work.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext {

enum class Severity { kInfo, kWarning, kError };

class Log {
 public:
  virtual ~Log() = default;
  // From now on also into a rotated file (0600) in this folder.
  virtual Status AddFileSink(const std::string& folder) = 0;
  virtual void Write(Severity severity, std::string_view message) = 0;

  void Info(std::string_view message) { Write(Severity::kInfo, message); }
  void Warn(std::string_view message) { Write(Severity::kWarning, message); }
  void Error(std::string_view message) { Write(Severity::kError, message); }
};

}  // namespace dockerext
