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

Error Fault(std::string message) { return Error{Code::kInvalidSettings, std::move(message)}; }

// Follows the parser, and remembers what it would let pass.
class Watch {
 public:
  // What the parser is told to do with the value: false drops it.
  bool operator()(json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        return Open(event == json::parse_event_t::array_start);
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        if (!open_.empty()) open_.pop_back();
        return true;
      case json::parse_event_t::key:
        Name(parsed.get_ref<const std::string&>());
        return true;
      case json::parse_event_t::value:
        Count();
        return true;
    }
    return true;
  }

  // Where the value is that the parser gave up at.
  std::string Here() {
    Count();
    return Path();
  }

  Status Verdict() const {
    if (too_deep_) return Fault("is nested more than " + std::to_string(kJsonDepthLimit) + " levels deep");
    if (twice_.empty()) return {};
    return Fault("has " + Join(twice_, ", ") + " more than once; keep one of them");
  }

 private:
  struct Container {
    bool is_array = false;
    std::size_t next = 0;  // of an array: the index of the element that comes
    std::string key;       // of an object: the one that was read last
    std::set<std::string> keys;
  };

  bool Open(bool is_array) {
    Count();
    open_.push_back({.is_array = is_array});
    too_deep_ = too_deep_ || open_.size() > static_cast<std::size_t>(kJsonDepthLimit);
    return !too_deep_;
  }

  void Count() {
    if (!open_.empty() && open_.back().is_array) ++open_.back().next;
  }

  void Name(const std::string& key) {
    open_.back().key = key;
    if (!open_.back().keys.insert(key).second && twice_.size() < kShown) twice_.push_back(Path());
  }

  // "runtimeSettings[0].handlerSettings.publicSettings.docker.port"
  std::string Path() const {
    std::string path;
    for (const Container& container : open_) {
      if (container.is_array)
        path += "[" + std::to_string(container.next - 1) + "]";
      else
        path += (path.empty() ? "" : ".") + container.key;
    }
    return path;
  }

  static constexpr std::size_t kShown = 5;
  std::vector<Container> open_;
  std::vector<std::string> twice_;
  bool too_deep_ = false;
};

std::string Place(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : std::min(byte - 1, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")";
}

// The library's own words quote what it read.
Error NotJson(std::string_view text, const json::parse_error& error) {
  const bool encoding = std::string_view(error.what()).find("ill-formed UTF-8") != std::string_view::npos;
  return Fault((encoding ? "is not UTF-8" : "is not valid JSON") + Place(text, error.byte));
}

}  // namespace

Result<json> ParseJson(std::string_view text) {
  Watch watch;
  try {
    json document = json::parse(text, [&](int /*depth*/, json::parse_event_t event, const json& parsed) {
      return watch(event, parsed);
    });
    TRY(watch.Verdict());
    return document;
  } catch (const json::parse_error& error) {
    return NotJson(text, error);
  } catch (const json::out_of_range&) {
    const std::string path = watch.Here();
    return Fault("has a number that is too large" + (path.empty() ? "" : ", at " + path));
  }
}

}  // namespace dockerext
