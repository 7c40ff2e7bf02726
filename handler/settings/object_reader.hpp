// SPDX-License-Identifier: MIT
// Reads one JSON object key by key, collects errors by path, and tells unknown keys: one that is a known key
// in another spelling is an error, any other a warning. Private to this room.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "handler/errors/settings.hpp"
#include "handler/settings/findings.hpp"

namespace dockerext {

// What people call a key, in small letters without dashes, and the key.
using OtherNames = std::map<std::string, std::string>;

// The keys that an object may have.
struct Keys {
  std::vector<std::string> names;
  std::vector<std::string> without_effect;    // accepted with a warning
  std::vector<std::string> inner;             // those of its sections, or of the whole, dotted: "docker.port"
  std::vector<std::string> elsewhere;         // those of another document
  const ErrorRow* elsewhere_error = nullptr;  // what is said of one of these
  std::vector<std::string> wrappers;          // what stands around the whole in others' documents
  OtherNames other_names = {};                // of keys that are all needed
};

struct ListElement {
  std::string text;
  std::string key;  // "options[2]"
};

class ObjectReader {
 public:
  ObjectReader(const nlohmann::json& object, std::string path, const Keys& keys, Findings& findings);

  // The value, or nullptr when it is absent or null (the agent writes null for what is not given). One whose
  // key is in another spelling, which is an error already, is read as it was meant, for the errors inside it.
  const nlohmann::json* Find(const std::string& key) const;
  bool Has(const std::string& key) const { return Find(key) != nullptr; }
  std::string PathOf(const std::string& key) const;

  // A reader of the object that `key` has, which reports to the same findings.
  ObjectReader Section(const std::string& key, const nlohmann::json& object, const Keys& keys) const {
    return {object, PathOf(key), keys, findings_};
  }

  // Each adds one error when the value has another type.
  const std::string* String(const std::string& key);
  const nlohmann::json* Object(const std::string& key);
  std::optional<std::uint16_t> Port(const std::string& key);
  std::optional<bool> Boolean(
      const std::string& key);  // also the strings "true" and "false", as 2014 had them
  std::vector<ListElement> StringList(const std::string& key);

  template <const ErrorRow& row, class... Values>
  void AddError(const std::string& key, const Values&... values) {
    AddError(key, MakeError<row>(values...));
  }
  void AddError(const std::string& key, const Error& error);
  void AddWarning(const std::string& key, std::string message);

 private:
  void TellUnknown(const std::string& key, const Keys& keys);
  std::optional<Error> ErrorOfUnknown(const std::string& key, const Keys& keys);
  void ReadAs(const std::string& meant, const std::string& key);
  std::string Spelled(const std::string& key) const;

  Findings& findings_;
  const nlohmann::json& object_;
  std::string path_;
  std::map<std::string, std::string> spellings_;  // of the known keys that stand in another one
};

// The beginning of a public value, quoted, for a message; nothing of what FindPublicSecrets finds.
std::string Shown(const std::string& value);

// "a string", "a number", ...: for "must be ..., but is ...".
std::string TypeName(const nlohmann::json& value);

}  // namespace dockerext
