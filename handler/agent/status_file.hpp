// SPDX-License-Identifier: MIT
// status/N.status: what the agent reports to Azure. ASCII JSON below 64 kB, whole or absent, rewritten only
// if it says something else. At the top never `warning`, which completes no operation: warnings are
// substatuses.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

enum class StatusLevel { kTransitioning, kSuccess, kError, kWarning };

struct Substatus {
  std::string name;
  StatusLevel level = StatusLevel::kTransitioning;
  std::string message;
  int code = 0;

  friend bool operator==(const Substatus&, const Substatus&) = default;
};

struct StatusReport {
  StatusLevel level = StatusLevel::kTransitioning;  // never kWarning
  int code = 0;
  std::string message;
  std::vector<Substatus> substatuses;

  friend bool operator==(const StatusReport&, const StatusReport&) = default;
};

std::string RenderStatus(const StatusReport& report, std::chrono::system_clock::time_point now);

// What a status file says; nothing when it is not one of ours.
std::optional<StatusReport> ParseStatus(const std::string& text);

// Whether a reader would learn nothing new from `report`: the same level, code and message, the same
// warnings.
bool ClaimsTheSame(const StatusReport& existing, const StatusReport& report);

// Never makes the folder: a folder of ours beside the agent's would be taken for an extension.
Status WriteStatus(Files& files, const std::string& status_folder, std::uint64_t sequence,
                   const StatusReport& report, std::chrono::system_clock::time_point now);

// The report that stands in the file, if there is one.
std::optional<StatusReport> ReadStatus(Files& files, const std::string& status_folder,
                                       std::uint64_t sequence);

}  // namespace dockerext
