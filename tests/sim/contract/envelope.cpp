// SPDX-License-Identifier: MIT
#include "tests/sim/contract/envelope.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/x509.h>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::contract {
namespace {

using BioPtr = Handle<BIO, BIO_free_all>;
using CmsPtr = Handle<CMS_ContentInfo, CMS_ContentInfo_free>;

void FreeStack(STACK_OF(X509) * stack) { sk_X509_free(stack); }  // the stack does not own its certificates
using StackPtr = Handle<STACK_OF(X509), FreeStack>;

constexpr std::string_view kKeySuffix = ".prv";
constexpr std::size_t kThumbprintSize = 40;

// The text that the agent's `openssl pkcs12 -nodes` writes before each PEM block: a reader must skip it.
constexpr std::string_view kCertificateHead =
    "Bag Attributes\n    localKeyID: 01 00 00 00 \n"
    "subject=DC = Windows Azure CRP Certificate Generator, CN = TenantEncryptionCert\n\n"
    "issuer=DC = Windows Azure CRP Certificate Generator, CN = TenantEncryptionCert\n\n";
constexpr std::string_view kKeyHead =
    "Bag Attributes\n    localKeyID: 01 00 00 00 \n"
    "    Microsoft CSP Name: Microsoft Enhanced Cryptographic Provider v1.0\n"
    "Key Attributes\n    X509v3 Key Usage: 10 \n";

// 0644 inside a folder that is 0700, as the agent creates them; MakeHandlerFolder rejects a wider mode.
Status SaveTenantKey(const std::string& lib, const TenantKey& tenant) {
  TRY_LET(const std::string certificate, PemOf(tenant.certificate.get()));
  TRY_LET(const Secret key, PemOf(tenant.key.get(), KeyText::kPkcs8));
  const std::string path = lib + "/" + tenant.thumbprint;
  const Secret text(std::string(kKeyHead) + key.Reveal());
  TRY(CreateFile(path + ".prv", text.Reveal(), 0644_mode));
  return CreateFile(path + ".crt", std::string(kCertificateHead) + certificate, 0644_mode);
}

Result<TenantKey> MakeTenantKey(const std::string& lib) {
  TenantKey tenant;
  TRY_LET(tenant.key, MakeKey(KeyKind::kRsa2048));
  const CertificatePlan plan{
      .subject = {{"DC", "Windows Azure CRP Certificate Generator"}, {"CN", "TenantEncryptionCert"}},
      .extensions = {{NID_key_usage, "keyEncipherment"}}};
  TRY_LET(tenant.certificate, MakeCertificate(plan, tenant.key.get(), {nullptr, tenant.key.get()}));
  TRY_LET(tenant.thumbprint, ThumbprintOf(tenant.certificate.get()));
  TRY(SaveTenantKey(lib, tenant));
  return tenant;
}

BioPtr ReadingBio(std::string_view bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

const EVP_CIPHER* ContentCipher(Cipher cipher) {
  switch (cipher) {
    case Cipher::kTripleDes:
      return EVP_des_ede3_cbc();
    case Cipher::kAes128:
      return EVP_aes_128_cbc();
    case Cipher::kAes256:
      break;
  }
  return EVP_aes_256_cbc();
}

}  // namespace

std::optional<Cipher> FindSettingsCipher(std::string_view name) {
  if (name == "des-ede3-cbc") return Cipher::kTripleDes;
  if (name == "aes-256-cbc") return Cipher::kAes256;
  return std::nullopt;
}

Result<TenantKey> LoadTenantKey(const std::string& lib, const std::string& thumbprint) {
  const std::string path = lib + "/" + thumbprint;
  TRY_LET(const std::string certificate, ReadFile(path + ".crt"));
  TRY_LET(std::string key, ReadFile(path + ".prv"));
  TenantKey tenant{thumbprint, nullptr, nullptr};
  TRY_LET(tenant.certificate, ParseCertificate(certificate));
  TRY_LET(tenant.key, ParseKey(Secret(std::move(key))));
  if (KeyFits(tenant.certificate.get(), tenant.key.get())) return tenant;
  return Error{Code::kInternal, Quoted(path + ".prv") + " does not match its .crt"};
}

Result<TenantKey> FindOrMakeTenantKey(const std::string& lib) {
  for (const std::string& name : NamesIn(lib)) {
    if (name.size() != kThumbprintSize + kKeySuffix.size() || !name.ends_with(kKeySuffix)) continue;
    if (auto found = LoadTenantKey(lib, name.substr(0, kThumbprintSize)); found.ok()) return found;
  }
  return MakeTenantKey(lib).Context("making the tenant's key pair");
}

Result<std::string> Seal(X509* recipient, const Secret& plaintext, Cipher cipher) {
  const StackPtr recipients(sk_X509_new_null());
  const BioPtr in = ReadingBio(plaintext.Reveal());
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!recipients || !in || !out || sk_X509_push(recipients.get(), recipient) == 0) {
    return CryptoError("preparing the envelope");
  }
  const CmsPtr cms(CMS_encrypt(recipients.get(), in.get(), ContentCipher(cipher), CMS_BINARY));
  if (!cms || i2d_CMS_bio(out.get(), cms.get()) != 1) return CryptoError("encrypting for a certificate");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return EncodeBase64({bytes, static_cast<std::size_t>(size)});
}

Result<Sealed> SealFor(const TenantKey& tenant, const Secret& plaintext, Cipher cipher) {
  TRY_LET(std::string envelope, Seal(tenant.certificate.get(), plaintext, cipher));
  return Sealed{std::move(envelope), tenant.thumbprint};
}

Result<Secret> Unseal(std::string_view sealed, const TenantKey& recipient) {
  const auto der = DecodeBase64(sealed);
  if (!der) return Error{Code::kInternal, "protected settings are not base64"};
  const BioPtr in = ReadingBio(*der);
  const CmsPtr cms(d2i_CMS_bio(in.get(), nullptr));
  const BioPtr out(BIO_new(BIO_s_secmem()));
  if (!cms || !out ||
      CMS_decrypt(cms.get(), recipient.key.get(), recipient.certificate.get(), nullptr, out.get(), 0) != 1) {
    return CryptoError("decrypting protected settings");
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return Secret(std::string(bytes, static_cast<std::size_t>(size)));
}

}  // namespace dockerext::contract
