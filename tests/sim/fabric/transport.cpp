// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/transport.hpp"

#include <openssl/bio.h>
#include <openssl/obj_mac.h>
#include <openssl/pkcs12.h>

#include "handler/base/handle.hpp"
#include "handler/base/text.hpp"
#include "tests/sim/contract/x509.hpp"

namespace dockerext::fabric {
namespace {

using BioPtr = Handle<BIO, BIO_free_all>;
using PfxPtr = Handle<PKCS12, PKCS12_free>;
using contract::CertificatePtr;
using contract::CryptoError;

// As Azure's: SHA-1 and 3DES, 2000 rounds.
Result<Secret> PfxOf(const contract::TenantKey& tenant) {
  constexpr int kRounds = 2000;
  constexpr int kScheme = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
  const PfxPtr pfx(PKCS12_create("", "TenantEncryptionCert", tenant.key.get(), tenant.certificate.get(),
                                 nullptr, kScheme, kScheme, kRounds, kRounds, 0));
  const BioPtr out(BIO_new(BIO_s_secmem()));
  if (!pfx || !out || i2d_PKCS12_bio(out.get(), pfx.get()) != 1) return CryptoError("making a PFX");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return Secret(std::string(bytes, static_cast<std::size_t>(size)));
}

Result<CertificatePtr> ParseDer(std::string_view base64) {
  const auto der = DecodeBase64(base64);
  if (!der) return Error{Code::kInternal, "the agent's transport certificate is not base64"};
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der->size())));
  if (!certificate) return CryptoError("reading the agent's transport certificate");
  return certificate;
}

std::string InLines(std::string_view text) {
  constexpr std::size_t kWidth = 76;
  std::string lines = "\n";
  for (; !text.empty(); text.remove_prefix(std::min(kWidth, text.size()))) {
    lines.append(text.substr(0, kWidth)) += '\n';
  }
  return lines;
}

}  // namespace

Result<std::string> SealForAgent(const contract::TenantKey& tenant, std::string_view transport_certificate,
                                 std::string_view cipher_name) {
  using contract::Cipher;
  TRY_LET(const CertificatePtr recipient, ParseDer(transport_certificate));
  TRY_LET(const Secret pfx, PfxOf(tenant));
  const Cipher cipher = cipher_name == "AES128_CBC" ? Cipher::kAes128 : Cipher::kTripleDes;
  TRY_LET(const std::string sealed, contract::Seal(recipient.get(), pfx, cipher));
  return InLines(sealed);
}

}  // namespace dockerext::fabric
