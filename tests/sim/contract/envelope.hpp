// SPDX-License-Identifier: MIT
// How Azure transports secrets: the tenant key pair as <lib>/<THUMBPRINT>.crt and .prv, in the form that
// WALinuxAgent's cryptutil.py writes, and protected settings as base64 of a DER CMS envelope for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"
#include "tests/sim/contract/x509.hpp"

namespace dockerext::contract {

struct TenantKey {
  std::string thumbprint;
  CertificatePtr certificate;
  KeyPtr key;
};

enum class Cipher { kTripleDes, kAes128, kAes256 };

// The ciphers of protected settings: "des-ede3-cbc", which Azure uses, and "aes-256-cbc", its successor.
std::optional<Cipher> FindSettingsCipher(std::string_view name);

struct Sealed {
  std::string envelope;    // base64
  std::string thumbprint;  // of the recipient's tenant certificate
};

// The pair with this name; reads its files as the handler must: text before the PEM block is skipped.
Result<TenantKey> LoadTenantKey(const std::string& lib, const std::string& thumbprint);

// The first complete pair in the lib folder, or a new one.
Result<TenantKey> FindOrMakeTenantKey(const std::string& lib);

// For one RSA recipient (PKCS #1 v1.5), identified by issuer and serial number; one line of base64.
Result<std::string> Seal(X509* recipient, const Secret& plaintext, Cipher cipher);

Result<Sealed> SealFor(const TenantKey& tenant, const Secret& plaintext, Cipher cipher);

Result<Secret> Unseal(std::string_view sealed, const TenantKey& recipient);

}  // namespace dockerext::contract
