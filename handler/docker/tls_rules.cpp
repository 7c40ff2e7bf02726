// SPDX-License-Identifier: MIT
#include "handler/docker/tls_rules.hpp"

#include <algorithm>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Time = std::chrono::system_clock::time_point;

std::string DescribeKey(const KeyFacts& key) {
  if (key.kind == KeyFacts::Kind::kRsa) return "RSA " + std::to_string(key.bits);
  if (key.kind == KeyFacts::Kind::kEc) return "the curve " + key.curve;
  return "of a type that dockerd's TLS does not support";
}

// Go's TLS: RSA of 1024 bits and more (8192 at most), P-256, P-384, P-521 and Ed25519.
bool IsUsable(const KeyFacts& key) {
  switch (key.kind) {
    case KeyFacts::Kind::kRsa:
      return key.bits >= 1024 && key.bits <= 8192;
    case KeyFacts::Kind::kEc:
      return key.curve == "P-256" || key.curve == "P-384" || key.curve == "P-521";
    case KeyFacts::Kind::kEd25519:
      return true;
    case KeyFacts::Kind::kOther:
      return false;
  }
  return false;
}

class Validator {
 public:
  Validator(Time now, TlsUse use) : now_(now), use_(use) {}

  void Key(const TlsFacts& facts) {
    if (!IsUsable(facts.key)) {
      AddError(TlsPart::kKey, "the private key is " + DescribeKey(facts.key) +
                                  ", with which no TLS handshake succeeds; use RSA 2048 or P-256");
    } else if (facts.key.kind == KeyFacts::Kind::kRsa && facts.key.bits < 2048) {
      AddWarning(TlsPart::kKey,
                 "the private key is " + DescribeKey(facts.key) + ", which is weak; use RSA 2048 or P-256");
    }
    if (!facts.key_matches) {
      AddError(TlsPart::kKey,
               "the private key does not match the certificate; send the key that belongs to it");
    }
  }

  void Server(const CertificateFacts& certificate) {
    Dates(TlsPart::kCertificate, "the certificate", certificate);
    if (certificate.negative_serial) {
      AddWarning(TlsPart::kCertificate,
                 "the certificate's serial number is negative, which Docker 29 refuses; issue a new one");
    }
    if (!certificate.may_serve) {
      AddWarning(TlsPart::kCertificate,
                 "the certificate's extended key usage lacks serverAuth, so docker --tlsverify refuses it");
    }
    if (!certificate.has_alternative_names) {
      AddWarning(
          TlsPart::kCertificate,
          "the certificate has no subject alternative name, so docker --tlsverify refuses it; use docker "
          "--tls, or "
          "issue one that names this host");
    }
    if (certificate.may_be_client) {
      AddWarning(
          TlsPart::kCertificate,
          "the server's own key pair passes as a client's too (its extended key usage is not serverAuth "
          "alone), so "
          "whoever reads it controls every engine of this CA");
    }
    if (certificate.signed_with_sha1) {
      AddWarning(
          TlsPart::kCertificate,
          "the certificate is signed with SHA-1; a client certificate made the same way is probably refused");
    }
  }

  // One usable CA is enough: several are how a CA is rolled over.
  void Authorities(const std::vector<CertificateFacts>& authorities) {
    const auto in_date = [&](const CertificateFacts& ca) {
      return ca.not_before <= now_ && now_ <= ca.not_after;
    };
    if (authorities.size() == 1 || std::none_of(authorities.begin(), authorities.end(), in_date)) {
      Dates(TlsPart::kCa, "the CA certificate", authorities.front());
    } else if (!std::all_of(authorities.begin(), authorities.end(), in_date)) {
      AddWarning(TlsPart::kCa, "one of the CA certificates is not in date; clients of that CA are refused");
    }
    const auto may_issue = [](const CertificateFacts& ca) { return ca.may_issue; };
    if (std::none_of(authorities.begin(), authorities.end(), may_issue)) {
      // Go accepts a client whose certificate is itself in the pool, so this may be intended.
      AddWarning(TlsPart::kCa,
                 "the CA certificate may not issue certificates (basicConstraints is not CA:TRUE); only a "
                 "client that shows this very certificate is accepted");
    }
  }

  TlsFindings findings() && { return std::move(findings_); }

 private:
  void Dates(TlsPart part, const std::string& what, const CertificateFacts& certificate) {
    const bool is_served = use_ == TlsUse::kServed;
    if (certificate.not_after < now_) {
      AddDate(part, is_served,
              what + " expired on " + FormatUtcDate(certificate.not_after) +
                  (is_served ? "; it stays in use: send a new one" : "; send one that is in date"));
    } else if (certificate.not_before > now_) {
      const bool is_soon = certificate.not_before - now_ < kClockTolerance;
      AddDate(part, is_served || is_soon,
              what + " is not valid before " + FormatUtc(certificate.not_before) +
                  "; send one that is in date, or check this machine's clock (" + FormatUtc(now_) + ")");
    } else if (certificate.not_after - now_ < kExpiresSoon) {
      AddWarning(part,
                 what + " expires on " + FormatUtcDate(certificate.not_after) + "; send a new one before");
    }
  }

  void AddDate(TlsPart part, bool is_warning, std::string message) {
    if (is_warning)
      AddWarning(part, std::move(message));
    else
      AddError(part, std::move(message));
  }

  void AddError(TlsPart part, std::string message) { findings_.errors.push_back({part, std::move(message)}); }
  void AddWarning(TlsPart part, std::string message) {
    findings_.warnings.push_back({part, std::move(message)});
  }

  Time now_;
  TlsUse use_;
  TlsFindings findings_;
};

}  // namespace

TlsFindings ValidateTls(const TlsFacts& facts, Time now, TlsUse use) {
  Validator validator(now, use);
  validator.Authorities(facts.ca);
  validator.Server(facts.chain.front());
  validator.Key(facts);
  return std::move(validator).findings();
}

Time FindingsChangeAt(const std::vector<CertificateFacts>& certificates, Time now) {
  Time next = Time::max();
  for (const CertificateFacts& certificate : certificates) {
    for (const Time change : {certificate.not_before - kClockTolerance, certificate.not_before,
                              certificate.not_after - kExpiresSoon, certificate.not_after}) {
      if (change > now) next = std::min(next, change);
    }
  }
  return next;
}

}  // namespace dockerext
