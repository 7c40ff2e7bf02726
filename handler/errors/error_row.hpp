// SPDX-License-Identifier: MIT
// A row of the table of errors: everything that a user needs to know of one cause. An error that a user can
// meet is made from a row, so that it has all parts; docs/errors.md is generated from the same rows.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct ErrorRow {
  Code code;
  Owner owner;
  std::string_view where;   // file, unit, port or JSON path
  std::string_view what;    // what is wrong; a sentence without its end, or what follows a JSON path
  std::string_view remedy;  // an imperative
  std::string_view cause;   // for docs/errors.md: how it comes to this
};

// "the VM's owner", "the author of the settings", ...
std::string_view NameOf(Owner owner);

// The `where` of rows about settings: Finding has the path.
inline constexpr std::string_view kItsJsonPath = "its JSON path";

// How many places, "{0}" to "{9}", the row has.
constexpr std::size_t PlacesOf(const ErrorRow& row) {
  std::size_t places = 0;
  for (const std::string_view text : {row.where, row.what, row.remedy}) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
      if (text[i] != '{' || text[i + 2] != '}' || text[i + 1] < '0' || text[i + 1] > '9') continue;
      const auto number = static_cast<std::size_t>(text[i + 1] - '0') + 1;
      places = number > places ? number : places;
    }
  }
  return places;
}

// `count` values for the places of a row that is only known at run time.
Error MakeError(const ErrorRow& row, const std::string_view* values, std::size_t count);

// One value for each place of the row.
template <const ErrorRow& row, class... Values>
Error MakeError(const Values&... values) {
  static_assert(PlacesOf(row) == sizeof...(Values), "one value for each place of the row");
  const std::array<std::string_view, sizeof...(Values)> texts = {std::string_view(values)...};
  return MakeError(row, texts.data(), texts.size());
}

// Several errors at once, each with its remedy, under the first one's code, place and owner.
Error Joined(const std::vector<Error>& errors);

}  // namespace dockerext
