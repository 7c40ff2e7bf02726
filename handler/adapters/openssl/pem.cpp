// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <climits>

namespace dockerext {
namespace {

// Password callback: provides no password and records that one is required.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

bool AtEndOfPem(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

BioPtr ViewOf(std::string_view bytes) {
  return BioPtr(
      BIO_new_mem_buf(bytes.data(), bytes.size() > INT_MAX ? INT_MAX : static_cast<int>(bytes.size())));
}

Result<std::vector<X509Ptr>> ReadCertificates(const std::string& pem) {
  const BioPtr bio = ViewOf(pem);
  std::vector<X509Ptr> certificates;
  ERR_clear_error();
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  if (!AtEndOfPem(ERR_peek_last_error())) {
    return Error{Code::kInvalidSettings, "holds a certificate that cannot be read (" + TakeReasons() +
                                             "); send the whole certificate as PEM or base64 of PEM"};
  }
  ERR_clear_error();
  if (certificates.empty()) {
    return Error{Code::kInvalidSettings,
                 "holds no certificate (-----BEGIN CERTIFICATE-----); send it as PEM or base64 of PEM"};
  }
  return certificates;
}

Result<KeyPtr> ReadPrivateKey(const Secret& pem) {
  const BioPtr bio = ViewOf(pem.Reveal());
  bool asked_for_password = false;
  ERR_clear_error();
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, &asked_for_password));
  if (key) return key;
  const std::string reasons = TakeReasons();
  if (asked_for_password) {
    return Error{
        Code::kInvalidSettings,
        "is a private key that is encrypted with a password, which dockerd cannot open; send it decrypted "
        "(openssl pkey -in key.pem -out plain.pem)"};
  }
  return Error{Code::kInvalidSettings, "holds no private key that can be read (" + reasons +
                                           "); send it as PEM (PKCS#1, PKCS#8 or SEC1) or base64 of PEM"};
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
