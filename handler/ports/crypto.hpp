// SPDX-License-Identifier: MIT
// Certificates, keys, envelopes and digests. Never prints, logs or quotes its input.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/result.hpp"
#include "handler/base/secret.hpp"

namespace dockerext {

// The properties that decide whether dockerd and its clients accept a key.
struct KeyFacts {
  enum class Kind { kRsa, kEc, kEd25519, kOther };
  Kind kind = Kind::kOther;
  int bits = 0;
  std::string curve;  // of kEc: "P-256", "P-224", ...
};

struct CertificateFacts {
  std::string subject;  // one line, for messages
  std::string sha256;   // of the DER, lower-case hex
  std::chrono::system_clock::time_point not_before{};
  std::chrono::system_clock::time_point not_after{};
  KeyFacts key;
  bool has_alternative_names = false;
  bool signed_with_sha1 = false;
  bool negative_serial = false;
  bool may_serve = false;      // no extended key usage, or serverAuth
  bool may_be_client = false;  // no extended key usage, or clientAuth
  bool may_issue = false;      // X.509 v1, or basicConstraints CA:TRUE
};

class Crypto {
 public:
  virtual ~Crypto() = default;

  // Lower-case hex.
  virtual std::string Sha256(std::string_view bytes) = 0;

  // Every certificate of a PEM text, in order; other text is skipped. kInvalidSettings when there is none or
  // one cannot be parsed.
  virtual Result<std::vector<CertificateFacts>> InspectCertificates(const std::string& pem) = 0;
  // PKCS#1, PKCS#8 or SEC1, text before the header is skipped. kInvalidSettings when encrypted or unparsable.
  virtual Result<KeyFacts> InspectKey(const Secret& pem) = 0;
  // Whether the key belongs to the first certificate.
  virtual Result<bool> Matches(const std::string& certificate_pem, const Secret& key_pem) = 0;

  // Decrypts DER CMS enveloped data (AES-CBC or 3DES content) with the recipient's PEM certificate and key.
  virtual Result<Secret> OpenEnvelope(std::string_view der, const std::string& certificate_pem,
                                      const Secret& key_pem) = 0;
};

}  // namespace dockerext
