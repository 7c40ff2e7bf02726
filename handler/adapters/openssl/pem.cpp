// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <climits>

#include "handler/adapters/openssl/go_rules.hpp"
#include "handler/adapters/openssl/inspect.hpp"
#include "handler/base/pem.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/agent_files.hpp"
#include "handler/errors/certificates.hpp"

namespace dockerext {
namespace {

using X509SigPtr = Handle<X509_SIG, X509_SIG_free>;

Error Unreadable(const std::string& why) { return MakeError<errors::kCertificateUnreadable>(why); }

Error Encrypted() { return MakeError<errors::kKeyEncrypted>(); }

Error NoKey(const std::string& why) { return MakeError<errors::kNoKey>(why); }

// What somebody sends for a certificate; a request, DH parameters or a public key is no loss.
bool IsForCertificate(const PemPart& part) {
  const auto is = [&](std::string_view label) { return part.label == label; };
  return is("CERTIFICATE") || is("TRUSTED CERTIFICATE") || is("X509 CERTIFICATE") || is("PKCS7") ||
         is("CERTIFICATE CHAIN") || is("CMS") || is("certificate");
}

// Position and subject: "certificate 2 of 3, CN=example".
std::string Which(std::size_t index, std::size_t count, X509* certificate) {
  std::string which = "certificate " + std::to_string(index + 1) + " of " + std::to_string(count);
  if (certificate != nullptr) which += ", " + FactsOf(certificate).subject;
  return which;
}

// Why dockerd would pass over the part, whatever it holds; empty when it would not.
std::string WhySkipped(const PemPart& part) {
  if (!part.defect.empty()) return part.defect;
  if (part.label == "PKCS7" || part.label == "CMS")
    return "dockerd skips PKCS#7: convert it with openssl pkcs7 -print_certs";
  if (part.label != "CERTIFICATE")
    return "dockerd skips the label " + std::string(part.label) + ": convert it with openssl x509 -in FILE";
  return part.has_headers ? "dockerd skips one with header lines below its BEGIN: remove them" : "";
}

// Leaves no reason in OpenSSL's queue, from which a later TLS call would take it for its own.
X509Ptr ParseCertificate(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());  // OpenSSL's byte type
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

// Whatever its label says: one damaged letter of it, and dockerd passes over the CA.
bool HoldsCertificate(const PemPart& part) {
  return ParseCertificate(DecodeBase64(part.body).value_or("")) != nullptr;
}

// Labels that hold a certificate may hold OpenSSL's trust settings behind it, or something else.
Result<X509Ptr> ReadCertificate(const PemPart& part, std::size_t index, std::size_t count) {
  const std::string der = DecodeBase64(part.body).value_or("");
  X509Ptr certificate = ParseCertificate(der);
  std::string skipped = WhySkipped(part);
  if (skipped.empty() && !certificate)
    skipped = "what is between BEGIN and END is no certificate, or a part of it is lost";
  if (!skipped.empty()) return Unreadable(Which(index, count, certificate.get()) + ": " + skipped);
  const std::string refused = WhyGoRefuses(certificate.get(), der);
  if (refused.empty()) return certificate;
  return MakeError<errors::kCertificateRefused>(Which(index, count, certificate.get()) + ": " + refused);
}

// Go's: the label that ends so, whatever is before it.
bool IsKey(const PemPart& part) {
  return part.label == "PRIVATE KEY" || part.label.ends_with(" PRIVATE KEY");
}

bool IsEncrypted(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());  // OpenSSL's byte type
  const X509SigPtr encrypted(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return encrypted != nullptr;
}

// The label is not asked: Go tries PKCS#1, PKCS#8 and SEC1 in turn, too.
KeyPtr ParseKey(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());  // OpenSSL's byte type
  KeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return key;
}

// Password callback: provides no password.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

}  // namespace

BioPtr ViewOf(std::string_view bytes) {
  return BioPtr(
      BIO_new_mem_buf(bytes.data(), bytes.size() > INT_MAX ? INT_MAX : static_cast<int>(bytes.size())));
}

Result<std::vector<X509Ptr>> ReadCertificates(const std::string& pem) {
  auto parts = ReadPemParts(pem);
  const auto is_crl = [](const PemPart& part) { return part.label == "X509 CRL"; };
  if (std::any_of(parts.begin(), parts.end(), is_crl)) {
    return MakeError<errors::kRevocationList>();
  }
  std::erase_if(parts,
                [](const PemPart& part) { return !IsForCertificate(part) && !HoldsCertificate(part); });
  std::vector<X509Ptr> certificates;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    TRY_LET(X509Ptr certificate, ReadCertificate(parts[i], i, parts.size()));
    certificates.push_back(std::move(certificate));
  }
  if (HoldsLostPart(pem)) return MakeError<errors::kBlockLost>();
  if (!certificates.empty()) return certificates;
  return MakeError<errors::kNoCertificate>();
}

Result<KeyPtr> ReadPrivateKey(const Secret& pem) {
  const auto parts = ReadPemParts(pem.Reveal());
  const auto is_read = [](const PemPart& part) { return IsKey(part) && part.defect.empty(); };
  const auto found = std::find_if(parts.begin(), parts.end(), is_read);
  if (found == parts.end()) {
    const auto lost = std::find_if(parts.begin(), parts.end(), IsKey);
    return NoKey(lost == parts.end() ? "it has no line BEGIN PRIVATE KEY" : "the key " + lost->defect);
  }
  std::string der = DecodeBase64(found->body).value_or("");
  KeyPtr key = ParseKey(der);
  const bool is_encrypted = !key && (found->has_headers || IsEncrypted(der));
  Secret::Wipe(der);
  if (is_encrypted) return Encrypted();
  if (!key && found->label == "OPENSSH PRIVATE KEY") return MakeError<errors::kKeyIsOpenssh>();
  if (!key) return NoKey("what is between BEGIN and END is no private key, or a part of it is lost");
  if (HasExplicitCurve(key.get())) return MakeError<errors::kKeyCurveUnnamed>();
  return key;
}

Result<X509Ptr> ReadVmCertificate(const std::string& pem) {
  ERR_clear_error();
  X509Ptr certificate(PEM_read_bio_X509(ViewOf(pem).get(), nullptr, nullptr, nullptr));
  if (certificate) return certificate;
  return MakeError<errors::kVmCertificateUnreadable>("certificate", TakeReasons());
}

Result<KeyPtr> ReadVmKey(const Secret& pem) {
  ERR_clear_error();
  KeyPtr key(PEM_read_bio_PrivateKey(ViewOf(pem.Reveal()).get(), nullptr, NoPassword, nullptr));
  if (key) return key;
  return MakeError<errors::kVmCertificateUnreadable>("private key", TakeReasons());
}

std::string TakeReasons() {
  std::string reasons;
  while (const unsigned long error = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(error);
    if (reason == nullptr || reasons.find(reason) != std::string::npos) continue;
    reasons += (reasons.empty() ? "" : ", ") + std::string(reason);
  }
  return reasons.empty() ? "no reason given" : reasons;
}

}  // namespace dockerext
