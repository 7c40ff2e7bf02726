// SPDX-License-Identifier: MIT
#include "handler/settings/certificate_values.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "handler/base/pem.hpp"
#include "handler/base/text.hpp"
#include "handler/settings/der_header.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsPem(std::string_view text) { return Contains(text, "-----BEGIN "); }
bool HoldsKey(const Secret& pem) { return Contains(pem.Reveal(), "PRIVATE KEY-----"); }
bool HoldsCertificate(const Secret& pem) { return Contains(pem.Reveal(), "-----BEGIN CERTIFICATE-----"); }

// In lines of its own where a pipeline lost them, so that dockerd reads it.
Secret InLines(std::string pem) {
  auto repaired = RepairedPem(pem);
  if (!repaired) return Secret(std::move(pem));
  Secret::Wipe(pem);
  return Secret(*std::move(repaired));
}

// One SEQUENCE that is as long as it says.
bool IsDer(std::string_view bytes) {
  const auto size = TakeDerHeader(bytes, kDerSequence);
  return size && bytes.size() == *size;
}

std::string_view InSequence(std::string_view der) {
  TakeDerHeader(der, kDerSequence);
  return der;
}

// RFC 7292: it begins with version 3, and a SEQUENCE follows.
bool IsPkcs12(std::string_view der) {
  return InSequence(der).starts_with(std::string_view("\x02\x01\x03\x30", 4));
}

// RFC 2315: it begins with one of the types 1.2.840.113549.1.7.
bool IsPkcs7(std::string_view der) {
  return InSequence(der).starts_with("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07");
}

bool IsPemInOtherCase(std::string_view text) {
  return Contains(text, "-----begin ") || Contains(text, "-----Begin ");
}

bool IsUrlEncoded(std::string_view text) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '%' && is_hex(text[i + 1]) && is_hex(text[i + 2])) return true;
  }
  return Contains(text, "-----BEGIN+");
}

// Of base64 that holds no PEM.
Error WhyNotBytes(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return MakeError<errors::kPemOfUtf16>();
  if (IsDer(bytes) && IsPkcs12(bytes)) return MakeError<errors::kPemIsPkcs12>();
  if (IsDer(bytes)) return IsPkcs7(bytes) ? MakeError<errors::kPemIsPkcs7>() : MakeError<errors::kPemIsDer>();
  if (IsPemInOtherCase(bytes)) return MakeError<errors::kPemOtherCase>();
  auto again = DecodeBase64(bytes);
  const bool is_twice = again && IsPem(*again);
  if (again) Secret::Wipe(*again);
  return is_twice ? MakeError<errors::kPemTwice>() : MakeError<errors::kNoPem>();
}

Error WhyNoPem(std::string_view text, const std::optional<std::string>& decoded) {
  if (text.empty()) return MakeError<errors::kPemEmpty>();
  if (decoded) return WhyNotBytes(*decoded);
  if (IsPemInOtherCase(text)) return MakeError<errors::kPemOtherCase>();
  return IsUrlEncoded(text) ? MakeError<errors::kPemUrlEncoded>() : MakeError<errors::kNoPem>();
}

// The base64 of a value: not its byte order mark, what a data URI (RFC 2397) has in front, or its quotes.
std::string_view Base64In(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr std::string_view kBase64Follows = ";base64,";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(kBlanks) + 1));
  const bool is_quoted = text.size() > 1 && (text[0] == '"' || text[0] == '\'') && text.ends_with(text[0]);
  if (is_quoted) text = text.substr(1, text.size() - 2);
  if (text.starts_with("data:") && Contains(text, kBase64Follows))
    text.remove_prefix(text.find(kBase64Follows) + kBase64Follows.size());
  return text;
}

// Also without its padding, which some tools leave away.
std::optional<std::string> Decoded(std::string_view base64) {
  if (auto decoded = DecodeBase64(base64)) return decoded;
  constexpr std::size_t kMostPadding = 2;
  std::string padded;
  padded.reserve(base64.size() + kMostPadding);  // a buffer that grows leaves pieces of a key behind
  padded = base64;
  std::optional<std::string> decoded;
  for (std::size_t i = 0; i < kMostPadding && !decoded && !Contains(base64, "="); ++i) {
    padded += '=';
    decoded = DecodeBase64(padded);
  }
  Secret::Wipe(padded);
  return decoded;
}

std::optional<Secret> ReadPem(ObjectReader& reader, const std::string& key) {
  const std::string* text = reader.String(key);
  if (text == nullptr) return std::nullopt;
  if (IsPem(*text)) return InLines(*text);
  const std::string_view base64 = Base64In(*text);
  auto decoded = Decoded(base64);
  if (decoded && IsPem(*decoded)) return InLines(*std::move(decoded));
  reader.AddError(key, WhyNoPem(base64, decoded));
  if (decoded) Secret::Wipe(*decoded);
  return std::nullopt;
}

struct Certificates {
  const std::string& name;
  std::optional<Secret> pem;
};

// The certificate files are world-readable, so a key among them is an error; most often the two were
// exchanged.
void RejectKey(ObjectReader& reader, const Certificates& part, const std::string& key_name,
               const std::optional<Secret>& key) {
  if (!part.pem || !HoldsKey(*part.pem)) return;
  const bool is_exchanged = key && HoldsCertificate(*key) && !HoldsKey(*key);
  if (HoldsCertificate(*part.pem))
    reader.AddError<errors::kKeyAmongCertificates>(part.name);
  else if (is_exchanged)
    reader.AddError<errors::kKeyExchanged>(part.name, reader.PathOf(key_name));
  else
    reader.AddError<errors::kKeyInPlaceOfCertificate>(part.name);
}

// The part, where it may be looked at by itself: what is in the wrong place has its error already.
std::string Readable(const Certificates& part) {
  return part.pem && !HoldsKey(*part.pem) ? part.pem->Reveal() : std::string();
}

Secret Readable(std::optional<Secret> key) {
  const bool is_exchanged = key && HoldsCertificate(*key) && !HoldsKey(*key);
  return key && !is_exchanged ? *std::move(key) : Secret("");
}

}  // namespace

TlsReading ReadTls(ObjectReader& reader, const TlsKeys& names, Findings& findings) {
  const std::array<const std::string*, 3> keys = {&names.ca, &names.certificate, &names.key};
  const auto absent = [&](const std::string* key) { return !reader.Has(*key); };
  if (std::ranges::all_of(keys, absent)) return {};
  const std::size_t errors = findings.errors.size();
  for (const std::string* key : keys) {
    if (absent(key)) reader.AddError<errors::kPartMissing>(*key);
  }
  const Certificates ca{names.ca, ReadPem(reader, names.ca)};
  const Certificates certificate{names.certificate, ReadPem(reader, names.certificate)};
  auto key = ReadPem(reader, names.key);
  for (const Certificates* part : {&ca, &certificate}) RejectKey(reader, *part, names.key, key);
  TlsMaterial material{Readable(ca),
                       Readable(certificate),
                       Readable(std::move(key)),
                       reader.PathOf(names.ca),
                       reader.PathOf(names.certificate),
                       reader.PathOf(names.key)};
  TlsReading reading;
  (findings.errors.size() == errors ? reading.whole : reading.remains) = std::move(material);
  return reading;
}

}  // namespace dockerext
