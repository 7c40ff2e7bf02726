// SPDX-License-Identifier: MIT
// Unpacks the extension's ZIP as the agent's zipfile.extractall does: over existing files, modes dropped,
// symbolic links as plain files, `..` and absolute names kept inside the folder. Only a ZIP that cannot be
// read is an error.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext::contract {

// Returns how many files were written. An existing file keeps its inode and mode, so this fails with "Text
// file busy" when a program runs from it, as in Azure.
Result<int> UnpackOver(const std::string& zip, const std::string& folder);

// The content of the least deep entry with this last name component.
Result<std::string> ReadFromZip(const std::string& zip, std::string_view name);

}  // namespace dockerext::contract
