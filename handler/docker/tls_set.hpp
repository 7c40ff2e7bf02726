// SPDX-License-Identifier: MIT
// Where the TLS files of the daemon live: a folder named by its content's hash, so that key and certificate
// can never mismatch, the daemon's command line shows what it runs, and a new certificate is a new line,
// hence a restart.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "handler/settings/desired_state.hpp"

namespace dockerext {

// Not below certs.d, which holds the certificates of registries.
inline constexpr std::string_view kDockerFolder = "/etc/docker";
inline constexpr std::string_view kTlsRoot = "/etc/docker/docker-extension";

// The input of the set's hash: each part with its length, so that no two sets have the same content.
Secret TlsSetContent(const TlsMaterial& material);

// /etc/docker/docker-extension/tls-<first half of the hash>
std::string TlsSetFolder(std::string_view content_sha256);

// The error for a set in use that is damaged and cannot be repaired, since the settings do not contain it.
Error DamagedTlsSet(const std::string& folder);

}  // namespace dockerext
