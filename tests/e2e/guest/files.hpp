// SPDX-License-Identifier: MIT
// Files and folders by path: small, whole texts and trees. Errors name the path.
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

// Into the file as it is (/proc, cgroups), created if absent.
Status WriteText(const std::string& path, std::string_view text);

// Whole or not at all, by a temporary file next to it.
Status ReplaceFile(const std::string& path, std::string_view bytes, FileMode mode);

// With its parents; one that exists is fine.
Status MakeFolder(const std::string& path);

// One that is already gone is fine. Never call it on a tree in which something is mounted.
Status RemoveTree(const std::string& path);

// A folder that is not empty, or not there, stays as it is.
void RemoveEmptyFolder(const std::string& path);

// Its path in the system's folders, whatever PATH says; empty if it is in none.
std::string FindProgram(std::string_view name);

}  // namespace dockerext::guest
