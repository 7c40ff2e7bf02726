// SPDX-License-Identifier: MIT
// What a certificate or a key is, in our words. Private to this room.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "handler/ports/crypto.hpp"

namespace dockerext {

CertificateFacts FactsOf(X509* certificate);
KeyFacts FactsOf(const EVP_PKEY* key);

}  // namespace dockerext
