// SPDX-License-Identifier: MIT
// Where Go's crypto/x509 refuses what OpenSSL parses. dockerd drops such a CA without a word, and does not
// start with such a server's certificate. Private to this room.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <string_view>

namespace dockerext {

// "its subject or issuer has a character that PrintableString does not allow"; empty for one that Go reads.
// A negative serial number is not among these: only dockerd of 29 and later refuses it.
std::string WhyGoRefuses(X509* certificate, std::string_view der);

// The curve's numbers instead of its name.
bool HasExplicitCurve(const EVP_PKEY* key);

}  // namespace dockerext
