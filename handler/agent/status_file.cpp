// SPDX-License-Identifier: MIT
#include "handler/agent/status_file.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "handler/base/redact.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kMessageLimit = 4000;    // bytes; about what the portal shows
constexpr std::size_t kSubstatusLimit = 1000;  // bytes each, when the file would be too large
constexpr std::size_t kMinimumLimit = 250;     // and when each byte is escaped as six ("\\u0001")
constexpr std::size_t kSubstatusCount = 20;
constexpr std::size_t kFileLimit = 60'000;  // the agent's own limit for the file is 128 k characters

constexpr auto kLevels = std::to_array<std::pair<StatusLevel, const char*>>({
    {StatusLevel::kTransitioning, "transitioning"},
    {StatusLevel::kSuccess, "success"},
    {StatusLevel::kError, "error"},
    {StatusLevel::kWarning, "warning"},
});

const char* LevelName(StatusLevel level) {
  for (const auto& [known, name] : kLevels) {
    if (known == level) return name;
  }
  return "error";
}

std::optional<StatusLevel> LevelOf(const std::string& text) {
  for (const auto& [level, name] : kLevels) {
    if (text == name) return level;
  }
  return std::nullopt;
}

// Before any cut: half of a secret has no shape to be found by.
StatusReport RedactedReport(StatusReport report) {
  report.message = Redacted(report.message);
  for (Substatus& substatus : report.substatuses) substatus.message = Redacted(substatus.message);
  return report;
}

std::string Shorten(const std::string& text, std::size_t limit) {
  return text.size() <= limit ? text : text.substr(0, limit) + " ...";
}

ordered_json Message(const std::string& text, std::size_t limit) {
  return {{"lang", "en-US"}, {"message", Shorten(text, limit)}};
}

ordered_json Document(const StatusReport& report, const std::string& time, std::size_t substatus_limit) {
  ordered_json substatuses = ordered_json::array();
  for (const Substatus& substatus : report.substatuses) {
    substatuses.push_back({{"name", substatus.name},
                           {"status", LevelName(substatus.level)},
                           {"code", substatus.code},
                           {"formattedMessage", Message(substatus.message, substatus_limit)}});
  }
  ordered_json status = {{"name", "Docker"},
                         {"operation", "enable"},
                         {"status", LevelName(report.level)},
                         {"code", report.code},
                         {"formattedMessage", Message(report.message, kMessageLimit)},
                         {"substatus", std::move(substatuses)}};
  ordered_json item = {{"version", "1.0"}, {"timestampUTC", time}, {"status", std::move(status)}};
  return ordered_json::array({std::move(item)});
}

// Always ASCII: with one byte that is not UTF-8 the agent reports no status of the VM at all.
std::string Dump(const ordered_json& document) {
  return document.dump(-1, ' ', true, ordered_json::error_handler_t::replace) + "\n";
}

std::string MessageOf(const json& section) {
  return section.value(json::json_pointer("/formattedMessage/message"), std::string());
}

std::optional<StatusReport> Read(const json& status) {
  const auto level = LevelOf(status.at("status").get<std::string>());
  if (!level) return std::nullopt;
  StatusReport report{*level, status.value("code", 0), MessageOf(status), {}};
  for (const json& item : status.value("substatus", json::array())) {
    const auto item_level = LevelOf(item.at("status").get<std::string>());
    if (!item_level) return std::nullopt;
    report.substatuses.push_back(
        {item.at("name").get<std::string>(), *item_level, MessageOf(item), item.value("code", 0)});
  }
  return report;
}

std::vector<Substatus> Warnings(const StatusReport& report) {
  std::vector<Substatus> warnings;
  for (const Substatus& substatus : report.substatuses) {
    if (substatus.level == StatusLevel::kWarning) warnings.push_back(substatus);
  }
  return warnings;
}

std::string PathOf(const std::string& status_folder, std::uint64_t sequence) {
  return status_folder + "/" + std::to_string(sequence) + ".status";
}

}  // namespace

std::string RenderStatus(const StatusReport& report, std::chrono::system_clock::time_point now) {
  StatusReport shown = RedactedReport(report);
  for (const std::size_t limit : {kMessageLimit, kSubstatusLimit}) {
    std::string text = Dump(Document(shown, FormatUtc(now), limit));
    if (text.size() <= kFileLimit) return text;
  }
  // The last substatuses hold the result.
  auto& substatuses = shown.substatuses;
  if (substatuses.size() > kSubstatusCount) {
    substatuses.erase(substatuses.begin(), substatuses.end() - std::ptrdiff_t{kSubstatusCount});
  }
  return Dump(Document(shown, FormatUtc(now), kMinimumLimit));
}

std::optional<StatusReport> ParseStatus(const std::string& text) {
  try {
    const json document = json::parse(text);
    return Read(document.at(0).at("status"));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

bool HasSameResult(const StatusReport& existing, const StatusReport& report) {
  const StatusReport written = RedactedReport(report);
  return existing.level == written.level && existing.code == written.code &&
         existing.message == written.message && Warnings(existing) == Warnings(written);
}

Status WriteStatus(Files& files, const std::string& status_folder, std::uint64_t sequence,
                   const StatusReport& report, std::chrono::system_clock::time_point now) {
  std::string text = RenderStatus(report, now);
  const auto existing = ReadStatus(files, status_folder, sequence);
  if (existing && *existing == ParseStatus(text)) return {};
  return files.WriteAtomically(PathOf(status_folder, sequence), text, 0600_mode);
}

std::optional<StatusReport> ReadStatus(Files& files, const std::string& status_folder,
                                       std::uint64_t sequence) {
  const auto text = files.Read(PathOf(status_folder, sequence));
  if (!text.ok()) return std::nullopt;
  return ParseStatus(*text);
}

}  // namespace dockerext
