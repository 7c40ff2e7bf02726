// SPDX-License-Identifier: MIT
// Makes, writes and reads keys and certificates with OpenSSL, for the tenant certificate and the customer's
// credentials. A private key is exported only as a Secret.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handler/base/handle.hpp"
#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"

namespace dockerext::contract {

using KeyPtr = Handle<EVP_PKEY, EVP_PKEY_free>;
using CertificatePtr = Handle<X509, X509_free>;

enum class KeyKind { kRsa2048, kEcP256 };
enum class KeyText { kPkcs8, kTraditional };  // BEGIN PRIVATE KEY, BEGIN RSA PRIVATE KEY

struct Attribute {
  std::string type;  // CN, O, DC
  std::string value;
};

struct Extension {
  int nid;
  std::string value;  // as in an OpenSSL configuration
};

struct CertificatePlan {
  std::vector<Attribute> subject;
  std::vector<Extension> extensions = {};  // X.509 v3 with extensions, v1 without
  long serial = 0;                         // 0: random
};

// Self-signed when `certificate` is null.
struct Issuer {
  X509* certificate;
  EVP_PKEY* key;
};

// An error with OpenSSL's last message; clears OpenSSL's error queue.
Error CryptoError(std::string_view doing);

Result<KeyPtr> MakeKey(KeyKind kind);

// SHA-256, valid from an hour ago for 365 days.
Result<CertificatePtr> MakeCertificate(const CertificatePlan& plan, EVP_PKEY* key, Issuer issuer);

Result<std::string> PemOf(X509* certificate);
Result<Secret> PemOf(EVP_PKEY* key, KeyText form);

// PEM, with or without text before it.
Result<CertificatePtr> ParseCertificate(std::string_view pem);
Result<KeyPtr> ParseKey(const Secret& pem);

bool KeyFits(X509* certificate, EVP_PKEY* key);

// SHA-1 of the DER form, upper-case hex: Azure's name for a certificate.
Result<std::string> ThumbprintOf(X509* certificate);

// Standard alphabet, one line.
std::string EncodeBase64(std::string_view bytes);

}  // namespace dockerext::contract
