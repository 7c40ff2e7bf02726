// SPDX-License-Identifier: MIT
// Converts OpenSSL's certificates and keys to CertificateFacts and KeyFacts. Private to this room.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "handler/ports/crypto.hpp"

namespace dockerext {

CertificateFacts FactsOf(X509* certificate);
KeyFacts FactsOf(const EVP_PKEY* key);

// How long the public exponent of an RSA key is, in bits; 0 for another key.
int ExponentBits(const EVP_PKEY* key);

}  // namespace dockerext
