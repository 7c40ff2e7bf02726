// SPDX-License-Identifier: MIT
// The certificates and the key of the settings, validated as a whole: all errors, by
// JSON path and at once, and what the engine will serve.
#pragma once

#include <chrono>
#include <optional>

#include "handler/docker/tls_rules.hpp"
#include "handler/ports/crypto.hpp"
#include "handler/settings/desired_state.hpp"
#include "handler/settings/findings.hpp"

namespace dockerext {

struct TlsValidation {
  Findings findings;
  CertificateFacts served;  // the server's certificate; meaningful only without errors
  // When the certificates' dates will change the findings.
  std::chrono::system_clock::time_point valid_until = std::chrono::system_clock::time_point::max();
};

TlsValidation ValidateMaterial(Crypto& crypto, const TlsMaterial& material,
                               std::chrono::system_clock::time_point now, TlsUse use = TlsUse::kNew);

}  // namespace dockerext
