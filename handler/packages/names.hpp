// SPDX-License-Identifier: MIT
// Lists of packages' names. Private to this room.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace dockerext {

inline bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

inline std::vector<std::string> Without(const std::vector<std::string>& list,
                                        const std::vector<std::string>& excluded) {
  std::vector<std::string> rest;
  std::ranges::copy_if(list, std::back_inserter(rest),
                       [&](const std::string& name) { return !Contains(excluded, name); });
  return rest;
}

inline std::vector<std::string> Common(const std::vector<std::string>& list,
                                       const std::vector<std::string>& other) {
  return Without(list, Without(list, other));
}

inline std::vector<std::string> Joined(std::vector<std::string> list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

}  // namespace dockerext
