// SPDX-License-Identifier: MIT
// Implements Crypto with OpenSSL's default provider. Does not read the machine's OpenSSL configuration file.
#pragma once

#include <memory>

#include "handler/ports/crypto.hpp"

namespace dockerext {

// Call before any other use of OpenSSL: an openssl.cnf on the machine that activates only other providers
// would break every call.
void InitialiseOpensslWithoutConfiguration();

class OpensslCrypto : public Crypto {
 public:
  OpensslCrypto();
  ~OpensslCrypto() override;

  std::string Sha256(std::string_view bytes) override;
  Result<std::vector<CertificateFacts>> InspectCertificates(const std::string& pem) override;
  Result<KeyFacts> InspectKey(const Secret& pem) override;
  Result<std::optional<std::size_t>> FindCertificateOf(const Secret& key_pem,
                                                       const std::string& certificate_pem) override;
  Result<ClientVerdict> VerifyAsClient(const std::string& certificate_pem, const std::string& ca_pem,
                                       std::chrono::system_clock::time_point now) override;
  Result<Secret> OpenEnvelope(std::string_view der, const std::string& certificate_pem,
                              const Secret& key_pem) override;

 private:
  struct Decoded;
  // Each text is decoded once: a bundle is asked for its facts and for a client, and decoding is most of
  // that.
  std::unique_ptr<Decoded> decoded_;
};

}  // namespace dockerext
