// SPDX-License-Identifier: MIT
// All rows of the table of errors, in the order of docs/errors.md, which is generated from them.
#pragma once

#include <span>

#include "handler/errors/error_row.hpp"

namespace dockerext {

struct ErrorChapter {
  std::string_view name;  // of the header that has its rows: "machine"
  std::span<const ErrorRow* const> rows;
};

std::span<const ErrorChapter> ErrorCatalogue();

}  // namespace dockerext
