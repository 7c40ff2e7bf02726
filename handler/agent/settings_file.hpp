// SPDX-License-Identifier: MIT
// config/N.settings: the public settings as JSON text, the protected ones as an envelope to a certificate of
// this VM. Knows the agent's file, not what the settings mean.
#pragma once

#include <cstdint>
#include <string>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "handler/ports/crypto.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

struct SettingsFile {
  std::string public_text;  // JSON; empty when none were given
  std::string envelope;     // DER CMS enveloped data; empty when there are no protected settings
  std::string thumbprint;   // 40 upper-case hex digits; empty like the envelope
};

// A file of 0 bytes, as the agent writes when there are no settings, gives empty texts. kInvalidSettings
// otherwise names the file and what is wrong in it.
Result<SettingsFile> ReadSettingsFile(Files& files, const std::string& config_folder, std::uint64_t sequence);

// Decrypts with <lib>/<thumbprint>.crt and .prv, <lib> being two levels above the config folder. Empty when
// there are no protected settings. kNotFound when the VM does not have that certificate (it may still come).
Result<Secret> OpenProtectedSettings(Files& files, Crypto& crypto, const std::string& config_folder,
                                     const SettingsFile& settings);

}  // namespace dockerext
