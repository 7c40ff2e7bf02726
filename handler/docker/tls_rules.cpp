// SPDX-License-Identifier: MIT
#include "handler/docker/tls_rules.hpp"

#include <algorithm>
#include <utility>

#include "handler/base/text.hpp"
#include "handler/errors/certificates.hpp"

namespace dockerext {
namespace {

using Time = std::chrono::system_clock::time_point;

// Go's crypto/rsa uses none above 2^31 - 1.
bool HasLargeExponent(const KeyFacts& key) { return key.exponent_bits > 31; }

std::string DescribeKey(const KeyFacts& key) {
  if (HasLargeExponent(key)) return "RSA with a public exponent of more than 31 bits";
  if (key.kind == KeyFacts::Kind::kRsa) return "RSA " + std::to_string(key.bits);
  if (key.kind == KeyFacts::Kind::kEc) return "the curve " + key.curve;
  return "of a type that dockerd's TLS does not support";
}

// Go's TLS: RSA of 1024 bits and more (8192 at most), P-256, P-384, P-521 and Ed25519.
bool IsUsable(const KeyFacts& key) {
  switch (key.kind) {
    case KeyFacts::Kind::kRsa:
      return key.bits >= 1024 && key.bits <= 8192 && !HasLargeExponent(key);
    case KeyFacts::Kind::kEc:
      return key.curve == "P-256" || key.curve == "P-384" || key.curve == "P-521";
    case KeyFacts::Kind::kEd25519:
      return true;
    case KeyFacts::Kind::kOther:
      return false;
  }
  return false;
}

// Go verifies signatures of these keys; it reads certificates with no other curve than these and P-224.
bool CanVerify(const KeyFacts& key) { return key.kind != KeyFacts::Kind::kOther && !HasLargeExponent(key); }

// "certificate 2 of 3 (CN=example)"
std::string Which(const std::vector<CertificateFacts>& certificates, std::size_t index) {
  return "certificate " + std::to_string(index + 1) + " of " + std::to_string(certificates.size()) + " (" +
         certificates[index].subject + ")";
}

// The same with what it is; the one of several is named.
std::string WhichAuthority(const std::vector<CertificateFacts>& authorities, std::size_t index) {
  return authorities.size() == 1 ? "the CA certificate" : "CA " + Which(authorities, index);
}

// Why dockerd accepts no client that this CA issued, whatever the date; empty for a CA whose clients are let
// in.
std::string WhyNoClient(const CertificateFacts& ca) {
  if (HasLargeExponent(ca.key)) return "dockerd verifies no signature of " + DescribeKey(ca.key);
  if (!CanVerify(ca.key)) return "dockerd verifies no signature of its key's type";
  if (ca.unknown_critical_extension) return "it has a critical extension that dockerd does not know";
  if (!ca.may_be_client) return "its extended key usage lacks clientAuth";
  if (!ca.may_issue)
    return "it may not issue certificates: basicConstraints is not CA:TRUE, or its key usage lacks "
           "keyCertSign";
  return {};
}

// Go accepts a client whose certificate is itself in the pool, so this may be intended.
bool IsClientItself(const CertificateFacts& ca) {
  return ca.may_be_client && !ca.is_authority && !ca.may_issue && !ca.unknown_critical_extension &&
         CanVerify(ca.key);
}

// The CA is where the server's certificate belongs, and the other way round: the one mistake to tell.
bool AreSwapped(const TlsFacts& facts) {
  const CertificateFacts& ca = facts.ca.front();
  const CertificateFacts& served = facts.chain.front();
  const auto is_of_served = [&](const CertificateFacts& other) { return other.issuer == served.subject; };
  return served.is_authority && !ca.is_authority && !facts.key_of &&
         std::any_of(facts.ca.begin(), facts.ca.end(), is_of_served);
}

// The first certificate is the server's, as far as the key tells; what is said of another one would mislead.
bool IsServersFirst(const TlsFacts& facts) {
  return facts.key_of == std::size_t{0} || (!facts.key_of && !facts.chain.front().is_authority);
}

std::string DescribeTime(Time time) { return time < kAfterAllClocks ? FormatUtc(time) : DescribeDay(time); }

class Validator {
 public:
  Validator(Time now, TlsUse use) : now_(now), use_(use) {}

  void Swapped(const TlsFacts& facts) {
    AddError<errors::kSwapped>(TlsPart::kCa, facts.ca.front().subject, facts.chain.front().subject);
  }

  void Key(const TlsFacts& facts) {
    if (!IsUsable(facts.key)) {
      AddError<errors::kKeyUnusable>(TlsPart::kKey, DescribeKey(facts.key));
    } else if (facts.key.kind == KeyFacts::Kind::kRsa && facts.key.bits < 2048) {
      AddWarning(TlsPart::kKey,
                 "the private key is " + DescribeKey(facts.key) + ", which is weak; use RSA 2048 or P-256");
    }
    if (facts.key_of != std::size_t{0}) KeyOfAnother(facts);
  }

  void Server(const TlsFacts& facts) {
    const CertificateFacts& certificate = facts.chain.front();
    Dates(TlsPart::kCertificate, "the certificate", certificate);
    Purpose(facts);
    if (certificate.negative_serial) {
      AddWarning(TlsPart::kCertificate,
                 "the certificate's serial number is negative, which Docker 29 refuses; issue a new one");
    }
    if (!certificate.has_alternative_names) {
      AddWarning(TlsPart::kCertificate,
                 "the certificate has no DNS name and no IP address as subject alternative name, so docker "
                 "--tlsverify refuses it; use docker --tls, or issue one that names this host");
    }
    if (certificate.signed_with_sha1 || certificate.signed_with_md5) {
      AddWarning(TlsPart::kCertificate, "the certificate is signed with " +
                                            std::string(certificate.signed_with_md5 ? "MD5" : "SHA-1") +
                                            "; a client certificate made the same way is probably refused");
    }
    Order(facts);
  }

  void Authorities(const TlsFacts& facts) {
    DatesOfAuthorities(facts.ca);
    for (std::size_t i = 0; i < facts.ca.size(); ++i) {
      Strength(facts.ca, i);
      if (facts.ca[i].negative_serial) {
        AddWarning(TlsPart::kCa,
                   WhichAuthority(facts.ca, i) +
                       " has a negative serial number, so Docker 29 refuses its clients; issue a new one");
      }
    }
    LockedOut(facts.ca);
    Public(facts);
    if (facts.own_pair.issuer_has_namesake) {
      AddWarning(TlsPart::kCa, "the CA has the name of the server certificate's issuer (" +
                                   facts.chain.front().issuer +
                                   ") and did not sign it: it was probably created anew; clients of the "
                                   "former CA of that name are "
                                   "refused");
    }
  }

  TlsFindings findings() && { return std::move(findings_); }

 private:
  // The key is not the first certificate's.
  void KeyOfAnother(const TlsFacts& facts) {
    const CertificateFacts& first = facts.chain.front();
    if (facts.key_of && facts.chain[*facts.key_of].is_authority && !first.is_authority) {
      AddError<errors::kKeyOfCa>(TlsPart::kKey, Which(facts.chain, *facts.key_of));
    } else if (!facts.key_of && facts.key_of_ca && !first.is_authority) {
      AddError<errors::kKeyOfCa>(TlsPart::kKey, Which(facts.ca, *facts.key_of_ca) + " in certs.ca");
    } else if (facts.key_of) {
      AddError<errors::kChainOrder>(TlsPart::kCertificate, Which(facts.chain, *facts.key_of));
    } else if (first.is_authority) {
      AddError<errors::kServerCertificateMissing>(TlsPart::kCertificate, first.subject);
    } else {
      AddError<errors::kKeyOfNone>(TlsPart::kKey);
    }
  }

  // Whom the server's certificate, and its key, may pass as.
  void Purpose(const TlsFacts& facts) {
    const CertificateFacts& certificate = facts.chain.front();
    if (!certificate.may_serve && certificate.may_be_client) {
      AddWarning(
          TlsPart::kCertificate,
          "the certificate is a client's (its extended key usage is clientAuth without serverAuth), probably "
          "sent in place of the server's; docker --tlsverify refuses it");
    } else if (!certificate.may_serve) {
      AddWarning(TlsPart::kCertificate,
                 "the certificate's extended key usage lacks serverAuth, so docker --tlsverify refuses it");
    }
    const auto is_served = [&](const CertificateFacts& ca) { return ca.sha256 == certificate.sha256; };
    if (certificate.is_authority && std::any_of(facts.ca.begin(), facts.ca.end(), is_served)) {
      AddWarning(
          TlsPart::kCertificate,
          "the server's certificate is itself the CA, so whoever reads its key creates clients of every "
          "engine of this CA; issue a server certificate that is no CA");
    } else if (facts.own_pair.is_accepted) {
      AddWarning(
          TlsPart::kCertificate,
          "the server's own key pair passes as a client's too (its extended key usage is not serverAuth "
          "alone), so "
          "whoever reads it controls every engine of this CA");
    }
  }

  // Behind the server's certificate, which the key tells; Go's clients find the way in any order.
  void Order(const TlsFacts& facts) {
    if (facts.key_of != std::size_t{0}) return;
    for (std::size_t i = 1; i < facts.chain.size(); ++i) {
      if (facts.chain[i].subject == facts.chain[i - 1].issuer) continue;
      AddWarning(TlsPart::kCertificate,
                 Which(facts.chain, i) + " did not issue the one before it, whose issuer is " +
                     facts.chain[i - 1].issuer + "; put each certificate behind the one that it issued");
      return;
    }
  }

  // One usable CA is enough: several are how a CA is rolled over.
  void DatesOfAuthorities(const std::vector<CertificateFacts>& authorities) {
    const auto in_date = [&](const CertificateFacts& ca) {
      return ca.not_before <= now_ && now_ <= ca.not_after;
    };
    if (authorities.size() == 1 || std::none_of(authorities.begin(), authorities.end(), in_date)) {
      Dates(TlsPart::kCa, "the CA certificate", authorities.front());
      return;
    }
    for (std::size_t i = 0; i < authorities.size(); ++i) {
      if (in_date(authorities[i])) continue;
      AddWarning(TlsPart::kCa,
                 WhichAuthority(authorities, i) + " is not in date; clients of that CA are refused");
    }
  }

  // Whoever can forge a signature of the CA is root on the VM.
  void Strength(const std::vector<CertificateFacts>& authorities, std::size_t index) {
    const CertificateFacts& ca = authorities[index];
    const bool is_rsa = ca.key.kind == KeyFacts::Kind::kRsa;
    if (is_rsa && ca.key.bits < 1024) {
      AddError<errors::kCaKeyWeak>(TlsPart::kCa, WhichAuthority(authorities, index), DescribeKey(ca.key));
    } else if (is_rsa && ca.key.bits < 2048) {
      AddWarning(TlsPart::kCa, WhichAuthority(authorities, index) + " has a key of " + DescribeKey(ca.key) +
                                   ", which is weak; use a CA with RSA 2048 or P-256");
    }
    if (ca.signed_with_md5) {
      AddError<errors::kCaMd5>(TlsPart::kCa, WhichAuthority(authorities, index));
    }
  }

  void LockedOut(const std::vector<CertificateFacts>& authorities) {
    const auto is_of_use = [](const CertificateFacts& ca) {
      return WhyNoClient(ca).empty() || IsClientItself(ca);
    };
    if (std::none_of(authorities.begin(), authorities.end(), is_of_use)) {
      AddError<errors::kLocksOut>(TlsPart::kCa, WhichAuthority(authorities, 0),
                                  WhyNoClient(authorities.front()));
      return;
    }
    for (std::size_t i = 0; i < authorities.size(); ++i) {
      const std::string why = WhyNoClient(authorities[i]);
      if (IsClientItself(authorities[i])) {
        AddWarning(TlsPart::kCa,
                   WhichAuthority(authorities, i) +
                       " may not issue certificates (basicConstraints is not CA:TRUE, or its key usage "
                       "lacks keyCertSign); only a client that shows this very certificate is accepted");
      } else if (!why.empty()) {
        AddWarning(TlsPart::kCa,
                   WhichAuthority(authorities, i) + " lets no client in: " + why + "; remove it");
      }
    }
  }

  void Public(const TlsFacts& facts) {
    const auto is_public = [&](const CertificateFacts& ca) {
      return facts.public_authorities.contains(ca.sha256);
    };
    const auto first = std::find_if(facts.ca.begin(), facts.ca.end(), is_public);
    if (first == facts.ca.end()) return;
    const auto others = std::count_if(first + 1, facts.ca.end(), is_public);
    AddError<errors::kPublicCa>(
        TlsPart::kCa, Which(facts.ca, static_cast<std::size_t>(first - facts.ca.begin())) +
                          (others == 0 ? std::string() : " and " + std::to_string(others) + " more"));
  }

  void Dates(TlsPart part, const std::string& what, const CertificateFacts& certificate) {
    const bool is_served = use_ == TlsUse::kServed;
    if (certificate.not_after < now_) {
      const std::string date = DescribeDay(certificate.not_after);
      if (is_served)
        AddWarning(part, what + " expired on " + date + "; it stays in use: send a new one");
      else
        AddError<errors::kExpired>(part, what, date);
    } else if (certificate.not_before > now_) {
      const bool is_soon = certificate.not_before - now_ < kClockTolerance;
      const Error error =
          MakeError<errors::kNotYetValid>(what, DescribeTime(certificate.not_before), FormatUtc(now_));
      if (is_served || is_soon)
        AddWarning(part, error.Message());
      else
        findings_.errors.push_back({part, error.what, error.remedy});
    } else if (certificate.not_after - now_ < kExpiresSoon) {
      AddWarning(part,
                 what + " expires on " + FormatUtcDate(certificate.not_after) + "; send a new one before");
    }
  }

  template <const ErrorRow& row, class... Values>
  void AddError(TlsPart part, const Values&... values) {
    Error error = MakeError<row>(values...);
    findings_.errors.push_back({part, std::move(error.what), std::move(error.remedy)});
  }
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
  if (AreSwapped(facts)) {
    validator.Swapped(facts);
    return std::move(validator).findings();
  }
  validator.Authorities(facts);
  if (IsServersFirst(facts)) validator.Server(facts);
  validator.Key(facts);
  return std::move(validator).findings();
}

std::string DescribeDay(Time date) {
  if (date >= kAfterAllClocks) return "a day after " + FormatUtcDate(kAfterAllClocks);
  if (date <= kBeforeAllClocks) return "a day before " + FormatUtcDate(kBeforeAllClocks);
  return FormatUtcDate(date);
}

Time FindingsChangeAt(const std::vector<CertificateFacts>& certificates, Time now) {
  Time next = Time::max();
  for (const CertificateFacts& certificate : certificates) {
    for (const auto& [date, ahead] : {std::pair(certificate.not_before, kClockTolerance),
                                      std::pair(certificate.not_after, kExpiresSoon)}) {
      if (date <= now) continue;
      const Time warned = date - ahead;
      next = std::min(next, warned > now ? warned : date);
    }
  }
  return next;
}

}  // namespace dockerext
