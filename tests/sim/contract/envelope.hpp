// SPDX-License-Identifier: MIT
// Azure's transport of secrets: the tenant key pair as <lib>/<THUMBPRINT>.crt and .prv, as WALinuxAgent's
// cryptutil.py leaves it, and protected settings as base64 of a DER CMS envelope to it.
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

// "des-ede3-cbc", Azure's, and "aes-256-cbc", which it moves to: those in which settings come.
std::optional<Cipher> FindSettingsCipher(std::string_view name);

struct Sealed {
  std::string envelope;    // base64
  std::string thumbprint;  // of the tenant certificate that it is for
};

// The pair with this name; its files are read as the handler must read them, text before the PEM skipped.
Result<TenantKey> LoadTenantKey(const std::string& lib, const std::string& thumbprint);

// The first whole pair in the lib folder, or a new one.
Result<TenantKey> FindOrMakeTenantKey(const std::string& lib);

// One RSA recipient (PKCS #1 v1.5), named by issuer and serial number; one line of base64.
Result<std::string> Seal(X509* recipient, const Secret& plaintext, Cipher cipher);

Result<Sealed> SealFor(const TenantKey& tenant, const Secret& plaintext, Cipher cipher);

Result<Secret> Unseal(std::string_view sealed, const TenantKey& recipient);

}  // namespace dockerext::contract
