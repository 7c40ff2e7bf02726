// SPDX-License-Identifier: MIT
#include "tests/sim/contract/manifest.hpp"

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/python_json.hpp"

namespace dockerext::contract {
namespace {

constexpr int kUnknownFailure = -1;
constexpr int kManifestNotFound = 1002;
constexpr int kManifestMalformed = 1003;

// handlerManifest's value of the key; null where there is none.
Json ValueIn(const std::string& manifest_file, const char* key) {
  const auto text = ReadFile(manifest_file);
  const auto json = text.ok() ? ParseJson(*text) : std::nullopt;
  const Json::json_pointer where(std::string("/0/handlerManifest/") + key);
  return json && json->contains(where) ? json->at(where) : Json();
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// Agents from 2.9 on accept the string "true"; every other value that is not a boolean is false.
bool IsTrue(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  return value.is_string() && LowerCase(value.get<std::string>()) == "true";
}

HandlerReport NotReady(int code, std::string message) { return {false, code, std::move(message)}; }

}  // namespace

std::variant<std::string, HandlerReport> FindCommand(const std::string& manifest_file,
                                                     const Command& command) {
  const auto text = ReadFile(manifest_file);
  if (!text.ok()) {
    return NotReady(kManifestNotFound, "Failed to load manifest file (" + manifest_file + ").");
  }
  const auto json = ParseJson(*text);
  if (!json) return NotReady(kManifestMalformed, "Malformed manifest file (" + manifest_file + ").");
  // The agent's messages here are Python's KeyError, whose text is the key.
  if (!json->is_array() || json->empty()) return NotReady(kUnknownFailure, "0");
  const Json& first = json->front();
  if (!first.is_object() || !first.contains("handlerManifest")) {
    return NotReady(kUnknownFailure, "'handlerManifest'");
  }
  const Json& handler = first["handlerManifest"];
  if (!handler.is_object()) return NotReady(kUnknownFailure, "Malformed manifest file.");
  const auto found = handler.find(std::string(command.manifest_key));
  if (found == handler.end() || !found->is_string()) {
    return NotReady(kUnknownFailure, Quoted(command.manifest_key));
  }
  return found->get<std::string>();
}

bool ContinuesOnUpdateFailure(const std::string& manifest_file) {
  return IsTrue(ValueIn(manifest_file, "continueOnUpdateFailure"));
}

bool IsUpdateWithInstall(const std::string& manifest_file) {
  const Json mode = ValueIn(manifest_file, "updateMode");
  return mode.is_null() || (mode.is_string() && LowerCase(mode.get<std::string>()) == "updatewithinstall");
}

bool ReportsHeartbeat(const std::string& manifest_file) {
  return IsTrue(ValueIn(manifest_file, "reportHeartbeat"));
}

}  // namespace dockerext::contract
