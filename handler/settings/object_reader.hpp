// SPDX-License-Identifier: MIT
// Reads one JSON object key by key, collects errors by path, and warns of unknown keys.
// Private to this room.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "handler/settings/findings.hpp"

namespace dockerext {

class ObjectReader {
 public:
  // `known` are the keys this object may have, for the nearest name of an unknown one.
  ObjectReader(const nlohmann::json& object, std::string path, std::vector<std::string> known,
               Findings& findings);

  // The value, or nullptr when it is absent or null (the agent writes null for what is not given).
  const nlohmann::json* Find(const std::string& key) const;
  bool Has(const std::string& key) const { return Find(key) != nullptr; }
  std::string PathOf(const std::string& key) const { return path_ + "." + key; }

  // Each adds one error when the value has another type.
  const std::string* String(const std::string& key);
  const nlohmann::json* Object(const std::string& key);
  std::optional<std::uint16_t> Port(const std::string& key);
  std::optional<bool> Boolean(
      const std::string& key);  // also the strings "true" and "false", as 2014 had them
  std::vector<std::string> StringList(const std::string& key);

  void AddError(const std::string& key, std::string message);
  void AddWarning(const std::string& key, std::string message);

 private:
  Findings& findings_;
  const nlohmann::json& object_;
  std::string path_;
};

// "a string", "a number", ...: for "must be ..., but is ...".
std::string TypeName(const nlohmann::json& value);

}  // namespace dockerext
