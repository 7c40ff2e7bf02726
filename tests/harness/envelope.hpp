// SPDX-License-Identifier: MIT
// Azure's transport of secrets: the tenant key pair as <lib>/<THUMBPRINT>.crt and .prv, and
// protected settings as base64 of a DER CMS envelope to it.
#pragma once

#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/harness/x509.hpp"

namespace dockerext::harness {

struct TenantKey {
  std::string thumbprint;
  CertificatePtr certificate;
  KeyPtr key;
};

enum class Cipher { kTripleDes, kAes128, kAes256 };

// The pair with this name; its files are read as the handler must read them, text before the PEM skipped.
Result<TenantKey> LoadTenantKey(const std::string& lib, const std::string& thumbprint);

// The first whole pair in the lib folder, or a new one.
Result<TenantKey> FindOrMakeTenantKey(const std::string& lib);

// One RSA recipient (PKCS #1 v1.5), named by issuer and serial number; one line of base64.
Result<std::string> Seal(X509* recipient, const Secret& plaintext, Cipher cipher);

Result<Secret> Unseal(std::string_view sealed, const TenantKey& recipient);

}  // namespace dockerext::harness
