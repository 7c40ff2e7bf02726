// SPDX-License-Identifier: MIT
// A status file as WALinuxAgent 2.15 reads it (exthandlers.py, parse_ext_status): what the agent would
// report, how it reports malformed files, and which of them suppress the report of the whole VM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/contract/python_json.hpp"

namespace dockerext::contract {

enum class StatusKind {
  kReported,    // as the handler wrote it; an unknown status becomes `error`
  kAbsent,      // the agent reports `transitioning`
  kUnreadable,  // error -1
  kInvalid,     // error 1012
  kEmpty,       // [] or null: the agent reports a status whose fields are null
  kBlobLost,    // an exception in the agent: it reports no extension of this VM any more
};

struct StatusPart {
  std::string name;
  std::string status;
  std::string code;  // JSON text: the agent passes any value on
  std::string message;

  friend bool operator==(const StatusPart&, const StatusPart&) = default;
};

struct StatusReading {
  StatusKind kind = StatusKind::kReported;
  bool retry = false;  // the agent reads up to 5 times before it reports this
  StatusPart top;      // unless kReported, `message` is what is wrong
  std::vector<StatusPart> parts;
  bool truncated = false;  // the file is so long that the agent cuts messages and drops the last substatuses
  Json operation;          // this and applied_time: as the handler wrote them, or null
  Json applied_time;
};

// Pure.
StatusReading ClassifyStatus(std::string_view bytes);

// Reads the file once, without retry.
StatusReading ReadStatusFile(const std::string& path);

}  // namespace dockerext::contract
