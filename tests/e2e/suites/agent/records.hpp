// SPDX-License-Identifier: MIT
// What tests/e2e/suites/agent/recorder wrote down: a record for each time it was called. What may differ
// between two agents without either being wrong is taken out, by one list in records.cpp that says why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct Record {
  std::string title;  // "enable 1.0.0"
  std::string text;   // lines, each with its subject in front
};

std::vector<Record> ParseRecords(std::string_view text);

constexpr const char* kRecorderName = "Nobody.Recorder";

// A ZIP of the recorder as this version of it, made at this path of this machine. Only 2.0.0
// wants to be installed whatever the commands of the version before it come to.
void PackRecorder(const std::string& version, const std::string& zip);

}  // namespace dockerext
