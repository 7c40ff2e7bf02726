// SPDX-License-Identifier: MIT
#include "handler/json/parse.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "handler/base/redact.hpp"
#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/settings.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// Thrown where the depth limit is reached: the parser has no other way to stop.
struct TooDeep {};

// A parser callback that finds what the parser accepts silently: duplicate keys and deep nesting.
class StrictnessCheck {
 public:
  // Returns whether the parser keeps the value.
  bool operator()(json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        OnStart(event == json::parse_event_t::array_start);
        return true;
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
    if (duplicates_.empty()) return {};
    return MakeError<errors::kKeyTwice>(Join(duplicates_, ", "));
  }

 private:
  struct Container {
    bool is_array = false;
    std::size_t next = 0;  // of an array: the index of the next element
    std::string key;       // of an object: the last one read
    std::set<std::string> keys;
  };

  void OnStart(bool is_array) {
    OnValue();
    containers_.push_back({.is_array = is_array});
    if (containers_.size() > static_cast<std::size_t>(kJsonDepthLimit)) throw TooDeep();
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
        path += (path.empty() ? "" : ".") + ShownName(container.key);
    }
    return path;
  }

  static constexpr std::size_t kReportLimit = 5;
  std::vector<Container> containers_;
  std::vector<std::string> duplicates_;
};

struct Position {
  std::string line;
  std::string column;
};

Position PositionOf(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : std::min(byte - 1, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return {std::to_string(line), std::to_string(column)};
}

// JSON begins with ASCII.
bool IsUtf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
         (text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0'));
}

// The library's own message quotes the input, which may be a secret.
Error SyntaxError(std::string_view text, const json::parse_error& error) {
  const bool encoding = std::string_view(error.what()).find("ill-formed UTF-8") != std::string_view::npos;
  const Position at = PositionOf(text, error.byte);
  return encoding ? MakeError<errors::kNotUtf8>(at.line, at.column)
                  : MakeError<errors::kNotJson>(at.line, at.column);
}

}  // namespace

void WipeStrings(json& document) {
  if (auto* text = document.get_ptr<std::string*>()) Secret::Wipe(*text);
  if (document.is_structured()) std::for_each(document.begin(), document.end(), WipeStrings);
}

Result<json> ParseJson(std::string_view text) {
  if (IsUtf16(text)) return MakeError<errors::kUtf16>();
  StrictnessCheck check;
  try {
    json document = json::parse(text, [&](int /*depth*/, json::parse_event_t event, const json& parsed) {
      return check(event, parsed);
    });
    Status strict = check.status();
    if (strict.ok()) return document;
    WipeStrings(document);
    return std::move(strict).error();
  } catch (const TooDeep&) {
    return MakeError<errors::kTooDeep>(std::to_string(kJsonDepthLimit));
  } catch (const json::parse_error& error) {
    return SyntaxError(text, error);
  } catch (const json::out_of_range&) {
    const std::string path = check.FailedPath();
    return MakeError<errors::kNumberTooLarge>(path.empty() ? "" : ", at " + path);
  }
}

}  // namespace dockerext
