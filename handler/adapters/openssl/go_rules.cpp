// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/go_rules.hpp"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "handler/adapters/openssl/der.hpp"
#include "handler/adapters/openssl/go_extensions.hpp"
#include "handler/adapters/openssl/inspect.hpp"

namespace dockerext {
namespace {

constexpr int kDeepest = 32;

// DER has one way to write a length: BER's others are what Go refuses.
bool AreDer(DerReader values, int depth) {
  while (!values.empty()) {
    if (values.IsNext(der::kBoolean)) {
      if (!values.SkipBoolean()) return false;
      continue;
    }
    const auto value = values.TakeAny();
    if (!value || depth > kDeepest) return false;
    const bool is_constructed = (value->tag & 0x20U) != 0;
    if (is_constructed && !AreDer(DerReader(value->content), depth + 1)) return false;
  }
  return true;
}

bool IsDer(std::string_view der) {
  DerReader behind(der);
  return AreDer(DerReader(der), 0) && behind.TakeAny() && behind.empty();
}

// The signature, and the public key: the unused bits of each are few, and zeros.
bool HasReadableBitStrings(std::string_view der) {
  DerReader certificate(DerReader(der).Take(der::kSequence).value_or(""));
  DerReader fields(certificate.Take(der::kSequence).value_or(""));
  if (!certificate.TakeAny() || !certificate.SkipBitString()) return false;
  if (fields.IsNext(der::ContextOfValues(0))) fields.TakeAny();
  constexpr int kBeforeKey = 5;  // serial number, algorithm, issuer, validity, subject
  for (int i = 0; i < kBeforeKey; ++i) fields.TakeAny();
  DerReader key(fields.Take(der::kSequence).value_or(""));
  return key.TakeAny() && key.SkipBitString();
}

std::string_view BytesOf(const ASN1_STRING* text) {
  const void* bytes = ASN1_STRING_get0_data(text);
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool IsPrintable(std::string_view text) {
  constexpr std::string_view kOthers = " '()+,-./:=?*&";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool IsUtf8(const ASN1_STRING* text) {
  const unsigned char* at = ASN1_STRING_get0_data(text);
  for (int left = ASN1_STRING_length(text); left > 0;) {
    unsigned long character = 0;
    const int size = UTF8_getc(at, left, &character);
    if (size <= 0) return false;
    at += size;
    left -= size;
  }
  return true;
}

bool IsReadable(const ASN1_STRING* text) {
  switch (ASN1_STRING_type(text)) {
    case V_ASN1_PRINTABLESTRING:
      return IsPrintable(BytesOf(text));
    case V_ASN1_UTF8STRING:
      return IsUtf8(text);
    case V_ASN1_IA5STRING:
      return IsAscii(BytesOf(text));
    case V_ASN1_BMPSTRING:
      return ASN1_STRING_length(text) % 2 == 0;
    case V_ASN1_NUMERICSTRING:
      return BytesOf(text).find_first_not_of("0123456789 ") == std::string_view::npos;
    case V_ASN1_T61STRING:
      return true;
    default:
      return false;
  }
}

bool IsReadable(const ASN1_OBJECT* id) {
  const void* bytes = OBJ_get0_data(id);
  return IsObjectIdentifierOfGo({static_cast<const char*>(bytes), OBJ_length(id)});
}

bool IsReadable(const X509_NAME* name) {
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    if (!IsReadable(X509_NAME_ENTRY_get_object(entry)) || !IsReadable(X509_NAME_ENTRY_get_data(entry)))
      return false;
  }
  return true;
}

bool HasExtensionTwice(const X509* certificate) {
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    const ASN1_OBJECT* type = X509_EXTENSION_get_object(X509_get_ext(certificate, i));
    if (X509_get_ext_by_OBJ(certificate, type, i) >= 0) return true;
  }
  return false;
}

bool HasOneSignatureAlgorithm(const X509* certificate) {
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, certificate);
  return X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(certificate)) == 0;
}

// RFC 3279, 2.3.1: the parameters of an RSA key. Those of RSA-PSS, whose certificates Go reads without their
// key, are others.
bool HasNull(const X509* certificate) {
  X509_ALGOR* algorithm = nullptr;
  X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &algorithm, X509_get_X509_PUBKEY(certificate));
  const ASN1_OBJECT* id = nullptr;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(&id, &type, nullptr, algorithm);
  return OBJ_obj2nid(id) != NID_rsaEncryption || type == V_ASN1_NULL;
}

bool HasReadableKey(const X509* certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return false;
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return ExponentBits(key) < 64;  // Go's int
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return true;
  constexpr std::array<std::string_view, 4> kCurves = {"P-224", "P-256", "P-384", "P-521"};
  const std::string curve = FactsOf(key).curve;
  return std::find(kCurves.begin(), kCurves.end(), curve) != kCurves.end() && !HasExplicitCurve(key);
}

}  // namespace

bool HasExplicitCurve(const EVP_PKEY* key) {
  std::array<char, 32> encoding{};
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, encoding.data(), encoding.size(),
                                        nullptr) == 1 &&
         std::string_view(encoding.data()) == OSSL_PKEY_EC_ENCODING_EXPLICIT;
}

std::string WhyGoRefuses(X509* certificate, std::string_view der) {
  if (!IsDer(der)) return "it is not DER: a length is written in another way, or there is more behind it";
  if (X509_get_version(certificate) < X509_VERSION_1 || X509_get_version(certificate) > X509_VERSION_3)
    return "its version is unknown";
  if (!HasOneSignatureAlgorithm(certificate)) return "it names two signature algorithms";
  if (!IsReadable(X509_get_subject_name(certificate)) || !IsReadable(X509_get_issuer_name(certificate)))
    return "its subject or issuer has a character that the name's type does not allow";
  if (ASN1_TIME_check(X509_get0_notBefore(certificate)) != 1 ||
      ASN1_TIME_check(X509_get0_notAfter(certificate)) != 1)
    return "its dates are malformed";
  if (!HasReadableKey(certificate)) return "dockerd does not know its key's type, curve or exponent";
  if (!HasNull(certificate)) return "its RSA key has no NULL behind its type";
  if (HasExtensionTwice(certificate)) return "it has an extension twice";
  if (!HasReadableBitStrings(der)) return "its signature or its key is a malformed BIT STRING";
  if (const auto extensions = ReadExtensionsAsGo(certificate); !extensions.why_refused.empty())
    return extensions.why_refused;
  // What Go reads, and OpenSSL does not: it would not tell what such a certificate is for.
  if ((X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0) return "an extension of it is malformed";
  return {};
}

}  // namespace dockerext
