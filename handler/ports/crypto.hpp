// SPDX-License-Identifier: MIT
// Certificates, keys, envelopes and digests. Never prints, logs or quotes its input.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
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
  std::string curve;      // of kEc: "P-256", "P-224", ...
  int exponent_bits = 0;  // of kRsa: the public exponent's length
};

// A certificate's date that the clock cannot hold is one of these.
inline constexpr std::chrono::system_clock::time_point kBeforeAllClocks =
    std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::duration::min()));
inline constexpr std::chrono::system_clock::time_point kAfterAllClocks =
    std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::duration::max()));

struct CertificateFacts {
  std::string subject;  // one line, for messages
  std::string issuer;   // as the subject: equal texts for equal names
  std::string sha256;   // of the DER, lower-case hex
  std::chrono::system_clock::time_point not_before{};
  std::chrono::system_clock::time_point not_after{};
  KeyFacts key;
  bool has_alternative_names = false;  // a DNS name or an IP address among them: what clients look for
  bool signed_with_md5 = false;
  bool signed_with_sha1 = false;
  bool negative_serial = false;
  bool may_serve = false;      // no extended key usage, or serverAuth
  bool may_be_client = false;  // no extended key usage, or clientAuth
  bool is_authority = false;   // basicConstraints CA:TRUE
  bool may_issue = false;      // X.509 v1, or basicConstraints CA:TRUE; and no key usage, or keyCertSign
  bool unknown_critical_extension = false;  // whoever verifies a chain with this certificate refuses it
};

// What dockerd makes of a client that shows a chain of certificates.
struct ClientVerdict {
  bool is_accepted = false;
  // A CA has the name of the first certificate's issuer, and none of that name signed it.
  bool issuer_has_namesake = false;
};

class Crypto {
 public:
  virtual ~Crypto() = default;

  // Lower-case hex.
  virtual std::string Sha256(std::string_view bytes) = 0;

  // Every certificate of a PEM text, in order, read by Go's rules; other text is skipped. kInvalidSettings
  // when there is none, or when dockerd would refuse one or pass over it: the message names which.
  virtual Result<std::vector<CertificateFacts>> InspectCertificates(const std::string& pem) = 0;
  // PKCS#1, PKCS#8 or SEC1, whatever the label says, as Go reads it. kInvalidSettings when encrypted or
  // unparsable.
  virtual Result<KeyFacts> InspectKey(const Secret& pem) = 0;
  // The first certificate that the key belongs to, counted from 0; none: to no certificate of the text.
  virtual Result<std::optional<std::size_t>> FindCertificateOf(const Secret& key_pem,
                                                               const std::string& certificate_pem) = 0;
  // The first certificate is the client's, those behind it are the chain that it sends.
  virtual Result<ClientVerdict> VerifyAsClient(const std::string& certificate_pem, const std::string& ca_pem,
                                               std::chrono::system_clock::time_point now) = 0;

  // Decrypts DER CMS enveloped data (AES-CBC or 3DES content) with the recipient's PEM certificate and key.
  virtual Result<Secret> OpenEnvelope(std::string_view der, const std::string& certificate_pem,
                                      const Secret& key_pem) = 0;
};

}  // namespace dockerext
