// SPDX-License-Identifier: MIT
// status/N.status: what the agent reports to Azure. ASCII JSON below 64 kB, written atomically and only when
// its content changes. The top level is never `warning`, which does not complete an operation for Azure:
// warnings are substatuses.
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

// With secrets hidden (base/redact.hpp).
std::string RenderStatus(const StatusReport& report, std::chrono::system_clock::time_point now);

// The report in a status file's text; nothing when the text does not have the format of RenderStatus.
std::optional<StatusReport> ParseStatus(const std::string& text);

// Whether a report that was read has the level, code, message and warnings with which `report` would be
// written; other substatuses are not compared.
bool HasSameResult(const StatusReport& existing, const StatusReport& report);

// Never creates the folder: the agent would take a folder next to its own for an extension.
Status WriteStatus(Files& files, const std::string& status_folder, std::uint64_t sequence,
                   const StatusReport& report, std::chrono::system_clock::time_point now);

// The report in the file, if there is one.
std::optional<StatusReport> ReadStatus(Files& files, const std::string& status_folder,
                                       std::uint64_t sequence);

}  // namespace dockerext
