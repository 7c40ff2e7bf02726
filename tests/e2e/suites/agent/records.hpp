// SPDX-License-Identifier: MIT
// The records of tests/e2e/suites/agent/recorder, one per call. Differences that are legitimate between two
// agents are normalized; records.cpp lists them with reasons.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct Record {
  std::string title;  // "enable 1.0.0"
  std::string text;   // lines that start with their subject
};

std::vector<Record> ParseRecords(std::string_view text);

constexpr const char* kRecorderName = "Nobody.Recorder";

// Packs the recorder as this version into a ZIP at this path. Only 2.0.0 sets continueOnUpdateFailure.
void PackRecorder(const std::string& version, const std::string& zip);

}  // namespace dockerext
