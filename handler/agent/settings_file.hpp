// SPDX-License-Identifier: MIT
// config/N.settings: the public settings as JSON text, the protected ones as an envelope encrypted for a
// certificate of this VM. Parses the agent's file format; the settings themselves are parsed in
// handler/settings.
#pragma once

#include <cstdint>
#include <string>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "handler/ports/crypto.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

struct SettingsFile {
  std::string public_text;  // JSON; empty without public settings
  std::string envelope;     // DER CMS enveloped data; empty without protected settings
  std::string thumbprint;   // 40 upper-case hex digits; empty without protected settings
};

// An empty file, which the agent writes when there are no settings, gives empty texts. Any other problem is
// an error (kInvalidSettings) that names the file and what is wrong with it.
Result<SettingsFile> ReadSettingsFile(Files& files, const std::string& config_folder, std::uint64_t sequence);

// Decrypts with <lib>/<thumbprint>.crt and .prv, <lib> being two levels above the config folder. Empty when
// there are no protected settings. kNotFound when the VM does not have that certificate (the agent may still
// write it).
Result<Secret> OpenProtectedSettings(Files& files, Crypto& crypto, const std::string& config_folder,
                                     const SettingsFile& settings);

}  // namespace dockerext
