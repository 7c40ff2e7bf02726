// SPDX-License-Identifier: MIT
// The extension's ZIP, unpacked as the agent's zipfile.extractall does it: over what is there,
// modes dropped, symbolic links as plain files, `..` and absolute names kept inside. It refuses nothing but a
// ZIP that cannot be read.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"

namespace dockerext::contract {

// How many files were written. A file that is there keeps its inode and mode, so a program that runs from it
// makes this fail ("Text file busy") as it does in Azure.
Result<int> UnpackOver(const std::string& zip, const std::string& folder);

// The text of the entry with this last name component that lies least deep.
Result<std::string> ReadFromZip(const std::string& zip, std::string_view name);

}  // namespace dockerext::contract
