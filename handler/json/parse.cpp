// SPDX-License-Identifier: MIT
#include "handler/json/parse.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

Error Invalid(std::string message) { return Error{Code::kInvalidSettings, std::move(message)}; }

// A parser callback that finds what the parser accepts silently: duplicate keys and deep nesting.
class StrictnessCheck {
 public:
  // Returns whether the parser keeps the value.
  bool operator()(json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        return OnStart(event == json::parse_event_t::array_start);
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        if (!containers_.empty()) containers_.pop_back();
        return true;
      case json::parse_event_t::key:
        OnKey(parsed.get_ref<const std::string&>());
        return true;
      case json::parse_event_t::value:
        OnValue();
        return true;
    }
    return true;
  }

  // The path of the value at which the parser stopped with an error.
  std::string FailedPath() {
    OnValue();
    return Path();
  }

  Status status() const {
    if (too_deep_) return Invalid("is nested more than " + std::to_string(kJsonDepthLimit) + " levels deep");
    if (duplicates_.empty()) return {};
    return Invalid("has " + Join(duplicates_, ", ") + " more than once; keep one of them");
  }

 private:
  struct Container {
    bool is_array = false;
    std::size_t next = 0;  // of an array: the index of the next element
    std::string key;       // of an object: the last one read
    std::set<std::string> keys;
  };

  bool OnStart(bool is_array) {
    OnValue();
    containers_.push_back({.is_array = is_array});
    too_deep_ = too_deep_ || containers_.size() > static_cast<std::size_t>(kJsonDepthLimit);
    return !too_deep_;
  }

  void OnValue() {
    if (!containers_.empty() && containers_.back().is_array) ++containers_.back().next;
  }

  void OnKey(const std::string& key) {
    containers_.back().key = key;
    if (!containers_.back().keys.insert(key).second && duplicates_.size() < kReportLimit)
      duplicates_.push_back(Path());
  }

  // "runtimeSettings[0].handlerSettings.publicSettings.docker.port"
  std::string Path() const {
    std::string path;
    for (const Container& container : containers_) {
      if (container.is_array)
        path += "[" + std::to_string(container.next - 1) + "]";
      else
        path += (path.empty() ? "" : ".") + container.key;
    }
    return path;
  }

  static constexpr std::size_t kReportLimit = 5;
  std::vector<Container> containers_;
  std::vector<std::string> duplicates_;
  bool too_deep_ = false;
};

std::string Position(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : std::min(byte - 1, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")";
}

// The library's own message quotes the input, which may be a secret.
Error SyntaxError(std::string_view text, const json::parse_error& error) {
  const bool encoding = std::string_view(error.what()).find("ill-formed UTF-8") != std::string_view::npos;
  return Invalid((encoding ? "is not UTF-8" : "is not valid JSON") + Position(text, error.byte));
}

}  // namespace

Result<json> ParseJson(std::string_view text) {
  StrictnessCheck check;
  try {
    json document = json::parse(text, [&](int /*depth*/, json::parse_event_t event, const json& parsed) {
      return check(event, parsed);
    });
    TRY(check.status());
    return document;
  } catch (const json::parse_error& error) {
    return SyntaxError(text, error);
  } catch (const json::out_of_range&) {
    const std::string path = check.FailedPath();
    return Invalid("has a number that is too large" + (path.empty() ? "" : ", at " + path));
  }
}

}  // namespace dockerext
