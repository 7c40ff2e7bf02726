// SPDX-License-Identifier: MIT
// docs/errors.md's tables, made from the table of errors.
#pragma once

#include <string>

namespace dockerext {

// The document with the table of each chapter between its marks, "<!-- errors: machine -->" and "<!-- end
// -->".
std::string WithErrorTables(const std::string& document);

}  // namespace dockerext
