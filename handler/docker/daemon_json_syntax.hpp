// SPDX-License-Identifier: MIT
// One JSON value as Go's encoding/json takes it, which is what dockerd reads daemon.json with, and where its
// parts stand in the text. What is accepted differs from other parsers: half a surrogate pair and invalid
// UTF-8 in a string are accepted, a number beyond double and more than 10000 levels are not. Pure text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct JsonScan {
  bool valid = false;
  std::size_t end = 0;  // where the value ends or, if it is not valid, where it stops being JSON
};

// The value that begins at `begin`; what follows it is not looked at.
JsonScan ScanJsonValue(std::string_view text, std::size_t begin);

struct JsonMember {
  std::string key;
  std::size_t value_begin = 0;
  std::size_t value_end = 0;

  std::string_view ValueIn(std::string_view text) const {
    return text.substr(value_begin, value_end - value_begin);
  }
};

// The members of the object that begins at `begin`, in their order, duplicates included. The object must be
// valid.
std::vector<JsonMember> JsonMembers(std::string_view text, std::size_t begin);

// The elements of a valid array.
std::vector<std::string_view> JsonElements(std::string_view array);

// What a valid string stands for; what is no valid character in it becomes U+FFFD, as in Go.
std::string JsonString(std::string_view literal);

// The first position from `at` on that is not JSON's white space.
std::size_t SkipJsonSpace(std::string_view text, std::size_t at);

}  // namespace dockerext
