// SPDX-License-Identifier: MIT
// The folders that the extension makes: those that uninstall removes when they are empty, and those of which
// it owns every entry.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "handler/ports/files.hpp"
#include "handler/ports/log.hpp"
#include "handler/state/ledger.hpp"

namespace dockerext {

// Creates a missing folder (0755) and records it in the ledger first.
Status MakeRecordedFolder(Files& files, const std::string& path);

// Removes the recorded folders that are empty, the last one first; logs what keeps the others.
void RemoveRecordedFolders(Files& files, Log& log, const Ledger& ledger);

// Removes the entries of a folder but those of these paths, and the folder when that leaves it empty. A
// symlink in its place is an error: its target is not the extension's.
Status RemoveEntriesExcept(Files& files, std::string_view folder, const std::set<std::string>& kept);

}  // namespace dockerext
