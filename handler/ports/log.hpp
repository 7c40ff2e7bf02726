// SPDX-License-Identifier: MIT
// The log of a run: the systemd journal, and a file in the agent's log folder once that folder is known.
// Only verbs and steps log; the other rooms return errors. Failing to log never fails an operation. Secrets
// are hidden here, so that no sink receives one.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/redact.hpp"
#include "handler/base/result.hpp"

namespace dockerext {

enum class Severity { kInfo, kWarning, kError };

class Log {
 public:
  virtual ~Log() = default;
  // Logs to a rotated file (0600) in this folder too, from now on.
  virtual Status AddFileSink(const std::string& folder) = 0;

  void Write(Severity severity, std::string_view message) { WriteRedacted(severity, Redacted(message)); }
  void Info(std::string_view message) { Write(Severity::kInfo, message); }
  void Warn(std::string_view message) { Write(Severity::kWarning, message); }
  void Error(std::string_view message) { Write(Severity::kError, message); }

 protected:
  virtual void WriteRedacted(Severity severity, std::string_view message) = 0;
};

}  // namespace dockerext
