// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/inspect.hpp"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "handler/adapters/openssl/go_extensions.hpp"
#include "handler/adapters/openssl/pem.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

std::string CurveName(const EVP_PKEY* key) {
  std::array<char, 80> name{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) return "unknown";
  const std::string group(name.data(), length);
  const int nid = OBJ_txt2nid(group.c_str());
  const char* nist = nid == NID_undef ? nullptr : EC_curve_nid2nist(nid);
  return nist == nullptr ? group : nist;
}

// ASN.1 has the years 0 to 9999, the clock those from 1677 to 2262: its ends stand for what is beyond them.
std::chrono::system_clock::time_point TimeOf(const ASN1_TIME* time) {
  using Clock = std::chrono::system_clock;
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const std::time_t seconds = timegm(&parts);
  if (seconds >= Clock::to_time_t(kAfterAllClocks)) return kAfterAllClocks;
  return seconds <= Clock::to_time_t(kBeforeAllClocks) ? kBeforeAllClocks : Clock::from_time_t(seconds);
}

std::string LineOf(const X509_NAME* name) {
  const Handle<BIO, BIO_free_all> text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string FingerprintOf(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  const void* bytes = digest.data();
  return HexEncode({static_cast<const char*>(bytes), size});
}

// Go reads the extensions of version 3 alone.
bool HasExtension(const X509* certificate, int nid) {
  return X509_get_version(certificate) == X509_VERSION_3 && X509_get_ext_by_NID(certificate, nid, -1) >= 0;
}

// Without the extended key usage extension every usage is allowed.
bool Allows(X509* certificate, std::uint32_t usage) {
  return !HasExtension(certificate, NID_ext_key_usage) ||
         (X509_get_extended_key_usage(certificate) & (usage | XKU_ANYEKU)) != 0;
}

bool IsAuthority(X509* certificate) {
  return HasExtension(certificate, NID_basic_constraints) &&
         (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
}

// Go's rule. Without the key usage extension every usage is allowed.
bool MayIssue(X509* certificate) {
  if (X509_get_version(certificate) != X509_VERSION_3) return true;
  return IsAuthority(certificate) && (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
}

}  // namespace

int ExponentBits(const EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1) return 0;
  const Handle<BIGNUM, BN_free> exponent(number);
  return BN_num_bits(exponent.get());
}

KeyFacts FactsOf(const EVP_PKEY* key) {
  KeyFacts facts;
  facts.bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      facts.kind = KeyFacts::Kind::kRsa;
      facts.exponent_bits = ExponentBits(key);
      break;
    case EVP_PKEY_EC:
      facts.kind = KeyFacts::Kind::kEc;
      facts.curve = CurveName(key);
      break;
    case EVP_PKEY_ED25519:
      facts.kind = KeyFacts::Kind::kEd25519;
      break;
    default:
      break;
  }
  return facts;
}

CertificateFacts FactsOf(X509* certificate) {
  CertificateFacts facts;
  facts.subject = LineOf(X509_get_subject_name(certificate));
  facts.issuer = LineOf(X509_get_issuer_name(certificate));
  facts.sha256 = FingerprintOf(certificate);
  facts.not_before = TimeOf(X509_get0_notBefore(certificate));
  facts.not_after = TimeOf(X509_get0_notAfter(certificate));
  if (const EVP_PKEY* key = X509_get0_pubkey(certificate)) facts.key = FactsOf(key);
  const ExtensionsOfGo extensions = ReadExtensionsAsGo(certificate);
  facts.has_alternative_names = extensions.names_host;
  int digest = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr);
  facts.signed_with_md5 = digest == NID_md5;
  facts.signed_with_sha1 = digest == NID_sha1;
  facts.negative_serial = ASN1_STRING_type(X509_get0_serialNumber(certificate)) == V_ASN1_NEG_INTEGER;
  facts.may_serve = Allows(certificate, XKU_SSL_SERVER);
  facts.may_be_client = Allows(certificate, XKU_SSL_CLIENT);
  facts.is_authority = IsAuthority(certificate);
  facts.may_issue = MayIssue(certificate);
  facts.unknown_critical_extension = extensions.has_unknown_critical;
  return facts;
}

}  // namespace dockerext
