// SPDX-License-Identifier: MIT
#include "tests/support/test_pki.hpp"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

#include "handler/base/handle.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using BioPtr = Handle<BIO, BIO_free_all>;
using KeyPtr = Handle<EVP_PKEY, EVP_PKEY_free>;
using X509Ptr = Handle<X509, X509_free>;

void Require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("test PKI: ") + what);
}

KeyPtr MakeKey(const std::string& kind) {
  if (kind.starts_with("RSA:")) {
    return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::stoul(kind.substr(4))));
  }
  if (kind == "ED25519") return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str()));
}

std::string Text(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

BioPtr Source(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Ptr ReadCertificate(const std::string& pem) {
  return X509Ptr(PEM_read_bio_X509(Source(pem).get(), nullptr, nullptr, nullptr));
}

KeyPtr ReadKey(const std::string& pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(Source(pem).get(), nullptr, nullptr, nullptr));
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Handle<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

void SetTimes(X509* certificate, const CertificateShape& shape) {
  const auto at = [&](std::chrono::seconds offset) {  // beyond what the clock holds, too
    return std::chrono::system_clock::to_time_t(shape.now) + offset.count();
  };
  Require(ASN1_TIME_set(X509_getm_notBefore(certificate), at(shape.begins)) != nullptr, "notBefore");
  Require(ASN1_TIME_set(X509_getm_notAfter(certificate), at(shape.ends)) != nullptr, "notAfter");
}

void SetName(X509_NAME* name, const std::string& common_name) {
  const std::string& text = common_name;
  Require(
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(text.data()),  // OpenSSL's byte type
                                 static_cast<int>(text.size()), -1, 0) == 1,
      "name");
}

std::string KeyText(const KeyPtr& key) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "key");
  return Text(out.get());
}

}  // namespace

TestPair MakePair(const CertificateShape& shape, const TestPair* issuer) {
  const KeyPtr key = MakeKey(shape.key);
  const X509Ptr certificate(X509_new());
  Require(key && certificate, "new");
  X509* const made = certificate.get();
  const X509Ptr issuer_certificate = issuer == nullptr ? nullptr : ReadCertificate(issuer->certificate);
  const KeyPtr issuer_key = issuer == nullptr ? nullptr : ReadKey(issuer->key);
  X509_set_version(made, shape.version1 ? X509_VERSION_1 : X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), shape.serial);
  SetTimes(made, shape);
  SetName(X509_get_subject_name(made), shape.common_name);
  X509_set_issuer_name(made, X509_get_subject_name(issuer == nullptr ? made : issuer_certificate.get()));
  X509_set_pubkey(made, key.get());
  if (!shape.version1) {
    X509* const from = issuer == nullptr ? made : issuer_certificate.get();
    AddExtension(made, from, NID_basic_constraints,
                 shape.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    AddExtension(made, from, NID_subject_alt_name, shape.alternative_names);
    AddExtension(made, from, NID_ext_key_usage, shape.usage);
  }
  EVP_PKEY* const signer = issuer == nullptr ? key.get() : issuer_key.get();
  const bool edwards = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519;
  Require(X509_sign(made, signer, edwards ? nullptr : EVP_get_digestbyname(shape.digest.c_str())) > 0,
          "sign");
  const BioPtr out(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(out.get(), made) == 1, "write");
  return {Text(out.get()), KeyText(key)};
}

TestCredentials MakeCredentials(std::chrono::system_clock::time_point now) {
  TestCredentials made;
  made.ca = MakePair({.common_name = "test CA", .now = now, .authority = true});
  made.server = MakePair({.common_name = "server",
                          .now = now,
                          .alternative_names = "DNS:localhost,IP:192.0.2.2,IP:127.0.0.1",
                          .usage = "serverAuth"},
                         &made.ca);
  made.client = MakePair({.common_name = "client", .now = now, .usage = "clientAuth"}, &made.ca);
  return made;
}

TestCredentials Make2014Credentials(std::chrono::system_clock::time_point now) {
  TestCredentials made;
  made.ca = MakePair({.common_name = "*", .key = "RSA:2048", .now = now, .authority = true});
  made.server = MakePair({.common_name = "*", .key = "RSA:2048", .now = now, .version1 = true}, &made.ca);
  made.client =
      MakePair({.common_name = "*", .key = "RSA:2048", .now = now, .usage = "clientAuth"}, &made.ca);
  return made;
}

std::string AsTraditional(const std::string& key_pem) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_PrivateKey_traditional(out.get(), ReadKey(key_pem).get(), nullptr, nullptr, 0,
                                               nullptr, nullptr) == 1,
          "traditional");
  return Text(out.get());
}

std::string AsEncrypted(const std::string& key_pem, const std::string& password) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  std::string mutable_password = password;
  Require(PEM_write_bio_PKCS8PrivateKey(out.get(), ReadKey(key_pem).get(), EVP_aes_256_cbc(),
                                        mutable_password.data(), static_cast<int>(mutable_password.size()),
                                        nullptr, nullptr) == 1,
          "encrypt key");
  return Text(out.get());
}

std::string EncodeBase64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),  // OpenSSL's byte type
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

namespace {

std::string Digest(const std::string& certificate_pem, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  X509_digest(ReadCertificate(certificate_pem).get(), digest, bytes.data(), &size);
  return HexEncode(std::string(bytes.begin(), bytes.begin() + size));
}

}  // namespace

std::string Sha256OfCertificate(const std::string& certificate_pem) {
  return Digest(certificate_pem, EVP_sha256());
}

std::string Thumbprint(const std::string& certificate_pem) {
  std::string text = Digest(certificate_pem, EVP_sha1());
  for (char& c : text) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string Encrypt(const std::string& plain, const std::string& certificate_pem, const std::string& cipher) {
  const X509Ptr certificate = ReadCertificate(certificate_pem);
  const Handle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }> recipients(
      sk_X509_new_null());
  sk_X509_push(recipients.get(), certificate.get());
  const Handle<EVP_CIPHER, EVP_CIPHER_free> algorithm(EVP_CIPHER_fetch(nullptr, cipher.c_str(), nullptr));
  const Handle<CMS_ContentInfo, CMS_ContentInfo_free> envelope(
      CMS_encrypt(recipients.get(), Source(plain).get(), algorithm.get(), CMS_BINARY));
  Require(envelope != nullptr, "envelope");
  const BioPtr out(BIO_new(BIO_s_mem()));
  Require(i2d_CMS_bio(out.get(), envelope.get()) == 1, "envelope");
  return Text(out.get());
}

}  // namespace dockerext
