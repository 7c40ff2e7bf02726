// SPDX-License-Identifier: MIT
// The TLS sets on disk: written whole, judged by their own names, removed whole.
#pragma once

#include <set>
#include <string>

#include "handler/ports/crypto.hpp"
#include "handler/ports/files.hpp"
#include "handler/settings/desired_state.hpp"

namespace dockerext {

// Whether the folder has exactly the content that its name is the hash of, root's and with the right modes.
Result<bool> IsTlsSetIntact(Files& files, Crypto& crypto, const std::string& folder);

// Writes a set (the folder is the one that its content names), or repairs it file by file: dockerd may be
// running with its path. Returns what was done.
Result<std::string> StoreTlsSet(Files& files, const std::string& folder, const TlsMaterial& material);

// Removes every set but those of these folders.
Status RemoveTlsSetsExcept(Files& files, const std::set<std::string>& folders);

}  // namespace dockerext
