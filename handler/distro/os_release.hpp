// SPDX-License-Identifier: MIT
// os-release(5): which distribution and release this is. Pure text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct OsRelease {
  std::string id;  // "debian"
  std::vector<std::string> id_like;
  std::string version_id;     // "12"; empty on Debian testing
  std::string codename;       // "bookworm"; not every distribution has any
  std::string base_codename;  // of the Ubuntu or Debian release that a derivative is made of
  std::string pretty_name;    // for messages
};

// Values may be bare, in single or in double quotes; the first '=' splits; unknown lines are skipped.
OsRelease ParseOsRelease(std::string_view text);

}  // namespace dockerext
