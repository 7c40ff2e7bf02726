// SPDX-License-Identifier: MIT
#include "tests/sim/contract/status_reader.hpp"

#include <algorithm>
#include <optional>

#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/status_names.hpp"
#include "tests/sim/contract/utf8.hpp"

namespace dockerext::contract {
namespace {

constexpr std::size_t kUntruncated = 131072;  // characters
constexpr std::size_t kLongestMessage = 1024;
constexpr std::size_t kLongestField = 10240;  // a substatus' name or message
constexpr std::size_t kQuoted = 2000;
constexpr std::size_t kQuotedValue = 4096;

struct Fault {
  StatusKind kind;
  std::string message;
};
using MaybeFault = std::optional<Fault>;

Fault Invalid(std::string message) { return {StatusKind::kInvalid, std::move(message)}; }
Fault Crash(std::string_view where) {
  return {StatusKind::kBlobLost, "the agent's reader fails with an exception at " + std::string(where)};
}

StatusReading Faulty(const Fault& fault) {
  const bool numbered = fault.kind == StatusKind::kInvalid;
  StatusReading reading;
  reading.kind = fault.kind;
  reading.top = {"", std::string(kError), numbered ? "1012" : "-1", fault.message};
  return reading;
}

StatusReading WithRetry(StatusReading reading) {
  reading.retry = true;
  return reading;
}

Json ValueOr(const Json& object, const char* key, const Json& fallback) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : *found;
}

// Python's `if key not in value` and the value[key] that follows it, for whatever JSON the value is.
MaybeFault RequireKey(const Json& value, const char* key, const std::string& path) {
  if (value.is_object() && value.contains(key)) return std::nullopt;
  bool found_by_python = false;
  if (value.is_string()) found_by_python = value.get_ref<const std::string&>().find(key) != std::string::npos;
  if (value.is_array()) found_by_python = std::find(value.begin(), value.end(), Json(key)) != value.end();
  if (found_by_python || !(value.is_object() || value.is_string() || value.is_array())) return Crash(path);
  return Invalid("Invalid status format by extension: Missing " + path + " key");
}

bool IsStatus(const Json& value) {
  return value.is_string() && std::find(kStatuses.begin(), kStatuses.end(),
                                        value.get_ref<const std::string&>()) != kStatuses.end();
}

MaybeFault CheckMessage(const Json& owner) {
  const Json formatted = ValueOr(owner, "formattedMessage", nullptr);
  if (formatted.is_null()) return std::nullopt;
  if (auto fault = RequireKey(formatted, "lang", "formattedMessage/lang")) return fault;
  return RequireKey(formatted, "message", "formattedMessage/message");
}

// Only after CheckMessage.
Json MessageOf(const Json& owner) {
  const Json formatted = ValueOr(owner, "formattedMessage", nullptr);
  return formatted.is_null() ? Json() : formatted["message"];
}

StatusPart PartOf(const Json& owner) {
  const Json message = MessageOf(owner);
  return {DumpPlain(ValueOr(owner, "name", "")), DumpPlain(owner["status"]),
          DumpPlain(ValueOr(owner, "code", 0)), message.is_null() ? "" : DumpPlain(message)};
}

MaybeFault CheckSubstatus(const Json& part) {
  if (auto fault = RequireKey(part, "status", "substatus/status")) return fault;
  if (IsStatus(part["status"])) return CheckMessage(part);
  return Invalid("Invalid value " + DumpPlain(part["status"]) +
                 " in range ['transitioning', 'warning', 'error', 'success'] at the node substatus/status");
}

MaybeFault CheckSubstatuses(const Json& list) {
  if (list.is_null()) return std::nullopt;
  if (list.is_number() || list.is_boolean()) return Crash("substatus");
  // Python iterates over an object's keys and a string's characters; none of them is a status.
  if (!list.is_array()) {
    if (list.empty() || DumpPlain(list).empty()) return std::nullopt;
    return Invalid("Invalid status format by extension: Missing substatus/status key");
  }
  for (const Json& part : list) {
    if (part.is_null()) continue;
    if (auto fault = CheckSubstatus(part)) return fault;
  }
  return std::nullopt;
}

MaybeFault CheckDocument(const Json& document) {
  if (!document.is_array()) {
    return Invalid("The extension status must be an array: " +
                   std::string(FirstCharacters(DumpPlain(document), kQuotedValue)));
  }
  if (auto fault = RequireKey(document[0], "status", "status")) return fault;
  const Json& status = document[0]["status"];
  if (auto fault = RequireKey(status, "status", "status/status")) return fault;
  if (auto fault = CheckMessage(status)) return fault;
  return CheckSubstatuses(ValueOr(status, "substatus", nullptr));
}

// Above the size from which the agent truncates, it requires every text.
MaybeFault CheckTruncation(const Json& status) {
  if (!MessageOf(status).is_string()) return Crash("truncating a status without a message");
  for (const Json& part : ValueOr(status, "substatus", Json::array())) {
    if (!part.is_object()) continue;
    const bool named = ValueOr(part, "name", nullptr).is_string();
    if (!named || !MessageOf(part).is_string())
      return Crash("truncating a substatus without name or message");
  }
  return std::nullopt;
}

StatusReading Report(const Json& status) {
  StatusReading reading;
  reading.top = PartOf(status);
  if (!IsStatus(status["status"])) reading.top.status = kError;
  reading.operation = ValueOr(status, "operation", nullptr);
  reading.applied_time = ValueOr(status, "configurationAppliedTime", nullptr);
  for (const Json& part : ValueOr(status, "substatus", Json::array())) {
    if (part.is_object()) reading.parts.push_back(PartOf(part));
  }
  return reading;
}

// A text of exactly the limit is truncated too, as in the agent.
void Truncate(std::string& text, std::size_t limit) {
  if (CountCharacters(text) >= limit) text = std::string(FirstCharacters(text, limit)) + " ... [TRUNCATED]";
}

void TruncateAll(StatusReading& reading) {
  reading.truncated = true;
  Truncate(reading.top.message, kLongestMessage);
  std::size_t size = CountCharacters(reading.top.message);
  std::size_t fitting = 0;
  for (StatusPart& part : reading.parts) {
    Truncate(part.name, kLongestField);
    Truncate(part.message, kLongestField);
    size += CountCharacters(part.name) + CountCharacters(part.message);
    if (size > kUntruncated) break;
    ++fitting;
  }
  reading.parts.resize(fitting);
}

StatusReading ClassifyText(std::string_view text) {
  const bool has_byte_order_mark = text.starts_with("\xEF\xBB\xBF");
  const auto document = has_byte_order_mark ? std::nullopt : ParseJson(text);
  if (!document) {
    const std::string why = has_byte_order_mark ? "Unexpected UTF-8 BOM" : "not JSON, or incomplete";
    return WithRetry(Faulty(Invalid(why + " \n First 2000 Bytes of status file:\n " +
                                    std::string(FirstCharacters(text, kQuoted)))));
  }
  if (document->is_null() || (document->is_array() && document->empty())) {
    return Faulty({StatusKind::kEmpty,
                   "the status file is empty: the agent reports a status whose fields are all null"});
  }
  if (auto fault = CheckDocument(*document)) return Faulty(*std::move(fault));
  const Json& status = document->front()["status"];
  const bool too_long = CountCharacters(text) > kUntruncated;
  if (too_long) {
    if (auto fault = CheckTruncation(status)) return Faulty(*std::move(fault));
  }
  StatusReading reading = Report(status);
  if (too_long) TruncateAll(reading);
  return reading;
}

}  // namespace

StatusReading ClassifyStatus(std::string_view bytes) {
  if (!IsUtf8(bytes)) return Faulty(Crash("bytes that are not UTF-8"));
  return ClassifyText(bytes);
}

StatusReading ReadStatusFile(const std::string& path) {
  const auto bytes = ReadFile(path);
  if (bytes.ok()) return ClassifyStatus(*bytes);
  if (bytes.error().code == Code::kNotFound) {
    StatusReading absent;
    absent.kind = StatusKind::kAbsent;
    absent.top = {"", std::string(kTransitioning), "0", "no status file"};
    return absent;
  }
  return WithRetry(Faulty({StatusKind::kUnreadable, bytes.error().Message()}));
}

}  // namespace dockerext::contract
