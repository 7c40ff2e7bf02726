// SPDX-License-Identifier: MIT
// The certificates and the key of the settings, validated as a whole: all errors, by
// JSON path and at once, and what the engine will serve.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "handler/docker/tls_rules.hpp"
#include "handler/ports/crypto.hpp"
#include "handler/ports/files.hpp"
#include "handler/settings/desired_state.hpp"
#include "handler/settings/findings.hpp"

namespace dockerext {

struct TlsValidation {
  Findings findings;
  // Meaningful only without errors.
  CertificateFacts served;             // the server's certificate
  bool own_pair_is_client = false;     // dockerd accepts the server's pair as a client's
  std::size_t client_authorities = 0;  // CAs whose clients are let in
  // When the certificates' dates will change the findings.
  std::chrono::system_clock::time_point valid_until = std::chrono::system_clock::time_point::max();
};

TlsValidation ValidateMaterial(Files& files, Crypto& crypto, const TlsMaterial& material,
                               std::chrono::system_clock::time_point now, TlsUse use = TlsUse::kNew);

// What is wrong with each part by itself, of settings that have errors of another kind; an empty part is
// passed over.
std::vector<Finding> ErrorsOfParts(Crypto& crypto, const TlsMaterial& material);

// Each CA once, however often it is there.
std::size_t CountDistinct(const std::vector<CertificateFacts>& certificates);

}  // namespace dockerext
