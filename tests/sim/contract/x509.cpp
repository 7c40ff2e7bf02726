// SPDX-License-Identifier: MIT
#include "tests/sim/contract/x509.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>

#include "handler/base/text.hpp"

namespace dockerext::contract {
namespace {

using BioPtr = Handle<BIO, BIO_free_all>;
using NumberPtr = Handle<BIGNUM, BN_free>;
using NamePtr = Handle<X509_NAME, X509_NAME_free>;
using ExtensionPtr = Handle<X509_EXTENSION, X509_EXTENSION_free>;

constexpr long kHour = 3600;
constexpr long kYear = 365L * 24 * kHour;
constexpr int kSerialBits = 63;

BioPtr ReadingBio(std::string_view bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string BytesOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Status SetSerial(X509* certificate, long serial) {
  const NumberPtr number(BN_new());
  const bool made = serial != 0
                        ? BN_set_word(number.get(), static_cast<BN_ULONG>(serial)) == 1
                        : BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1;
  if (!made || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return CryptoError("setting a serial number");
  }
  return {};
}

Status SetNames(X509* certificate, const std::vector<Attribute>& subject, X509* issuer) {
  const NamePtr name(X509_NAME_new());
  for (const Attribute& part : subject) {
    const auto* value = reinterpret_cast<const unsigned char*>(part.value.c_str());
    if (X509_NAME_add_entry_by_txt(name.get(), part.type.c_str(), MBSTRING_UTF8, value, -1, -1, 0) != 1) {
      return CryptoError("naming a certificate");
    }
  }
  const X509_NAME* from = issuer == nullptr ? name.get() : X509_get_subject_name(issuer);
  if (X509_set_subject_name(certificate, name.get()) != 1 || X509_set_issuer_name(certificate, from) != 1) {
    return CryptoError("naming a certificate");
  }
  return {};
}

Status AddExtensions(X509* certificate, const std::vector<Extension>& extensions, X509* issuer) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer == nullptr ? certificate : issuer, certificate, nullptr, nullptr, 0);
  for (const Extension& wanted : extensions) {
    const ExtensionPtr made(X509V3_EXT_conf_nid(nullptr, &context, wanted.nid, wanted.value.c_str()));
    if (!made || X509_add_ext(certificate, made.get(), -1) != 1) {
      return CryptoError("the extension " + Quoted(wanted.value));
    }
  }
  return {};
}

}  // namespace

Error CryptoError(std::string_view doing) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return Error{Code::kInternal, text.data()}.Context(doing);
}

Result<KeyPtr> MakeKey(KeyKind kind) {
  KeyPtr key(kind == KeyKind::kRsa2048 ? EVP_RSA_gen(2048U) : EVP_EC_gen("P-256"));
  if (!key) return CryptoError("making a key");
  return key;
}

Result<CertificatePtr> MakeCertificate(const CertificatePlan& plan, EVP_PKEY* key, Issuer issuer) {
  CertificatePtr certificate(X509_new());
  const long version = plan.extensions.empty() ? X509_VERSION_1 : X509_VERSION_3;
  if (!certificate || X509_set_version(certificate.get(), version) != 1 ||
      X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour) == nullptr ||
      X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kYear) == nullptr ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return CryptoError("making a certificate");
  }
  TRY(SetSerial(certificate.get(), plan.serial));
  TRY(SetNames(certificate.get(), plan.subject, issuer.certificate));
  TRY(AddExtensions(certificate.get(), plan.extensions, issuer.certificate));
  if (X509_sign(certificate.get(), issuer.key, EVP_sha256()) == 0)
    return CryptoError("signing a certificate");
  return certificate;
}

Result<std::string> PemOf(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return CryptoError("writing a certificate");
  return BytesOf(bio.get());
}

Result<Secret> PemOf(EVP_PKEY* key, KeyText form) {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio) return CryptoError("writing a key");
  const int wrote =
      form == KeyText::kPkcs8
          ? PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr)
          : PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  if (wrote != 1) return CryptoError("writing a key");
  return Secret(BytesOf(bio.get()));
}

Result<CertificatePtr> ParseCertificate(std::string_view pem) {
  const BioPtr bio = ReadingBio(pem);
  CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return CryptoError("reading a certificate");
  return certificate;
}

Result<KeyPtr> ParseKey(const Secret& pem) {
  const BioPtr bio = ReadingBio(pem.Reveal());
  // Supplies no password: OpenSSL's default callback would ask at the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) return CryptoError("reading a key");
  return key;
}

bool KeyFits(X509* certificate, EVP_PKEY* key) {
  const bool fits = X509_check_private_key(certificate, key) == 1;
  ERR_clear_error();
  return fits;
}

Result<std::string> ThumbprintOf(X509* certificate) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha1(), digest.data(), &size) != 1) return CryptoError("a thumbprint");
  std::string text = HexEncode({reinterpret_cast<const char*>(digest.data()), size});
  for (char& c : text) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace dockerext::contract
