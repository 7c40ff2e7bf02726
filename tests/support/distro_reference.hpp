// SPDX-License-Identifier: MIT
// docs/distributions.md's table, made from the supported distributions.
#pragma once

#include <string>

namespace dockerext {

// The document with the table between its marks, "<!-- distributions -->" and "<!-- end -->".
std::string WithDistroTable(const std::string& document);

}  // namespace dockerext
