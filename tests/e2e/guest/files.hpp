// SPDX-License-Identifier: MIT
// Reads and writes small files and removes trees, by path. Errors name the path.
#pragma once

#include <string>
#include <string_view>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/errno_error.hpp"

namespace dockerext::guest {

constexpr FileMode kPrivate = 0600_mode;

Result<UniqueFd> Open(const std::string& path, int flags, FileMode mode = kPrivate);

Result<std::string> ReadText(const std::string& path);
Result<std::string> ReadAll(int fd);
Status WriteAll(int fd, std::string_view bytes);

// Writes in place (/proc, cgroups); creates a missing file.
Status WriteText(const std::string& path, std::string_view text);

// Replaces the file atomically through a temporary file next to it.
Status ReplaceFile(const std::string& path, std::string_view bytes, FileMode mode);

// Creates the folder and its parents. An existing folder is not an error.
Status MakeFolder(const std::string& path);

// A missing tree is not an error. Never call this on a tree that contains a mount point.
Status RemoveTree(const std::string& path);

// Does nothing if the folder is not empty or missing.
void RemoveEmptyFolder(const std::string& path);

// The path of a program in the standard folders, independent of PATH; empty if it is not installed.
std::string FindProgram(std::string_view name);

}  // namespace dockerext::guest
