// SPDX-License-Identifier: MIT
#include "handler/adapters/openssl/go_rules.hpp"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "handler/adapters/openssl/go_url.hpp"
#include "handler/adapters/openssl/inspect.hpp"
#include "handler/base/handle.hpp"

namespace dockerext {
namespace {

constexpr int kDeepest = 32;

// DER has one way to write a length: BER's others are what Go refuses. `der` is advanced behind one value.
bool SkipDerValue(std::string_view& der, int depth) {
  if (der.size() < 2 || depth > kDeepest) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(der[i]); };
  const bool is_constructed = (byte(0) & 0x20U) != 0;
  std::size_t size = byte(1);
  std::size_t header = 2;
  if (size >= 0x80) {
    const std::size_t digits = size & 0x7FU;
    if (digits == 0 || digits > 4 || der.size() < 2 + digits || byte(2) == 0) return false;
    size = 0;
    for (std::size_t i = 0; i < digits; ++i) size = size << 8U | byte(2 + i);
    header += digits;
    if (size < 0x80) return false;
  }
  if (der.size() - header < size) return false;
  std::string_view content = der.substr(header, size);
  const bool is_boolean = byte(0) == 0x01;
  if (is_boolean && content != std::string_view("\0", 1) && content != "\xFF") return false;
  while (is_constructed && !content.empty()) {
    if (!SkipDerValue(content, depth + 1)) return false;
  }
  der.remove_prefix(header + size);
  return true;
}

bool IsDer(std::string_view der) { return SkipDerValue(der, 0) && der.empty(); }

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
    case V_ASN1_T61STRING:
    case V_ASN1_NUMERICSTRING:
      return true;
    default:
      return false;
  }
}

bool IsReadable(const X509_NAME* name) {
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    if (!IsReadable(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)))) return false;
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

bool IsReadable(const GENERAL_NAME* name) {
  int type = 0;
  const void* value = GENERAL_NAME_get0_value(name, &type);
  const auto* text = static_cast<const ASN1_STRING*>(value);
  if (type == GEN_DNS || type == GEN_EMAIL) return IsAscii(BytesOf(text));
  if (type == GEN_URI) return IsAscii(BytesOf(text)) && IsUrlOfGo(BytesOf(text));
  return type != GEN_IPADD || ASN1_STRING_length(text) == 4 || ASN1_STRING_length(text) == 16;
}

bool HasReadableAlternativeNames(const X509* certificate) {
  int critical = -1;
  const Handle<GENERAL_NAMES, GENERAL_NAMES_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
  if (!names) return critical == -1;  // -1: there is no such extension
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (!IsReadable(sk_GENERAL_NAME_value(names.get(), i))) return false;
  }
  return true;
}

bool AreReadable(const STACK_OF(GENERAL_SUBTREE) * subtrees) {
  const auto is_graphic = [](char c) { return c > 0x20 && c < 0x7F; };
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_SUBTREE_value(subtrees, i)->base, &type);
    if (type != GEN_DNS && type != GEN_EMAIL && type != GEN_URI) continue;
    const std::string_view text = BytesOf(static_cast<const ASN1_STRING*>(value));
    if (!std::all_of(text.begin(), text.end(), is_graphic)) return false;
  }
  return true;
}

bool HasReadableConstraints(const X509* certificate) {
  const Handle<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free> names(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(certificate, NID_name_constraints, nullptr, nullptr)));
  return !names || (AreReadable(names->permittedSubtrees) && AreReadable(names->excludedSubtrees));
}

bool HasOneSignatureAlgorithm(const X509* certificate) {
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, certificate);
  return X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(certificate)) == 0;
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
  if (HasExtensionTwice(certificate)) return "it has an extension twice";
  if (!HasReadableAlternativeNames(certificate))
    return "its subject alternative names hold one that is malformed";
  if (!HasReadableConstraints(certificate)) return "its name constraints are malformed";
  if ((X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0) return "an extension of it is malformed";
  return {};
}

}  // namespace dockerext
