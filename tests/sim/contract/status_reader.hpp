// SPDX-License-Identifier: MIT
// A status file as WALinuxAgent 2.15 reads it (exthandlers.py, parse_ext_status): what it would report,
// including what it makes of mistakes, and those that cost the VM its whole report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/contract/python_json.hpp"

namespace dockerext::contract {

enum class Standing {
  kReported,    // as the handler wrote it, or silently `error`
  kAbsent,      // the agent reports `transitioning` on its own
  kUnreadable,  // error -1
  kInvalid,     // error 1012
  kEmpty,       // [] or null: a report with nothing in it
  kBlobLost,    // an exception in the agent: no extension of this VM is reported any more
};

struct StatusPart {
  std::string name;
  std::string status;
  std::string code;  // passed through unvalidated, so it is text here: any JSON
  std::string message;

  friend bool operator==(const StatusPart&, const StatusPart&) = default;
};

struct StatusReading {
  Standing standing = Standing::kReported;
  bool worth_another_look = false;  // the agent reads again, 5 times in all, before it believes this
  StatusPart top;                   // for every standing but kReported, `message` says what is wrong
  std::vector<StatusPart> parts;
  bool truncated = false;  // the file is so big that the agent cuts messages and drops the last substatuses
  Json operation;          // these two as the handler wrote them, or null
  Json applied_time;
};

// Pure.
StatusReading ClassifyStatus(std::string_view bytes);

// One look at the file, no retry.
StatusReading ReadStatusFile(const std::string& path);

}  // namespace dockerext::contract
