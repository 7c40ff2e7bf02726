// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/clock.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "handler/base/text.hpp"

namespace dockerext::guest {
namespace {

std::optional<std::int64_t> SecondsIn(char unit) {
  switch (unit) {
    case 'd':
      return 86400;
    case 'h':
      return 3600;
    case 'm':
      return 60;
    case 's':
      return 1;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> ParseDistance(std::string_view text) {
  if (text.size() < 3 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const auto seconds = SecondsIn(text.back());
  const auto count = ParseUnsigned(text.substr(1, text.size() - 2));
  if (!seconds || !count || *count > 100'000'000) return std::nullopt;
  return static_cast<std::int64_t>(*count) * *seconds * (text.front() == '-' ? -1 : 1);
}

std::optional<std::time_t> ParseDate(const std::string& text) {
  std::tm date{};
  const char* end = strptime(text.c_str(), "%Y-%m-%d", &date);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&date);
}

}  // namespace

Result<std::int64_t> ParseClock(const std::string& text, std::time_t now) {
  if (const auto distance = ParseDistance(text)) return *distance;
  if (const auto date = ParseDate(text)) return *date - now;
  return Error{Code::kInvalidSettings, Quoted(text) +
                                           " is no clock: write a distance, such as +400d or -90s, "
                                           "or a date, such as 2027-12-31"};
}

std::string RenderClock(std::time_t moment) {
  std::tm parts{};
  gmtime_r(&moment, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return {text.data(), size};
}

}  // namespace dockerext::guest
