// SPDX-License-Identifier: MIT
#include "handler/settings/certificate_values.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "handler/base/pem.hpp"
#include "handler/base/text.hpp"

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

// One DER SEQUENCE that is as long as it says.
bool IsDer(std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != '\x30') return false;
  const auto first = static_cast<unsigned char>(bytes[1]);
  const std::size_t digits = first < 0x80 ? 0 : first & 0x7FU;
  if (digits > 4 || bytes.size() < 2 + digits) return false;
  std::size_t size = digits == 0 ? first : 0;
  for (std::size_t i = 0; i < digits; ++i) size = size << 8U | static_cast<unsigned char>(bytes[2 + i]);
  return bytes.size() == 2 + digits + size;
}

// RFC 7292: it begins with version 3, and a SEQUENCE follows.
bool IsPkcs12(std::string_view der) {
  const std::size_t header = (der[1] & '\x80') == 0 ? 2 : 2 + (static_cast<unsigned char>(der[1]) & 0x7FU);
  return der.substr(header).starts_with(std::string_view("\x02\x01\x03\x30", 4));
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
  if (IsDer(bytes))
    return IsPkcs12(bytes) ? MakeError<errors::kPemIsPkcs12>() : MakeError<errors::kPemIsDer>();
  auto again = DecodeBase64(bytes);
  const bool is_twice = again && IsPem(*again);
  if (again) Secret::Wipe(*again);
  return is_twice ? MakeError<errors::kPemTwice>() : MakeError<errors::kNoPem>();
}

Error WhyNoPem(std::string_view text, const std::optional<std::string>& decoded) {
  if (text.empty()) return MakeError<errors::kPemEmpty>();
  if (decoded) return WhyNotBytes(*decoded);
  if (Contains(text, "-----begin ") || Contains(text, "-----Begin "))
    return MakeError<errors::kPemOtherCase>();
  return IsUrlEncoded(text) ? MakeError<errors::kPemUrlEncoded>() : MakeError<errors::kNoPem>();
}

std::optional<Secret> ReadPem(ObjectReader& reader, const std::string& key) {
  const std::string* text = reader.String(key);
  if (text == nullptr) return std::nullopt;
  if (IsPem(*text)) return InLines(*text);
  std::string_view base64 = *text;
  if (base64.starts_with(kByteOrderMark)) base64.remove_prefix(kByteOrderMark.size());
  auto decoded = DecodeBase64(base64);
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

}  // namespace

std::optional<TlsMaterial> ReadTls(ObjectReader& reader, const TlsKeys& names, Findings& findings) {
  const std::array<const std::string*, 3> keys = {&names.ca, &names.certificate, &names.key};
  const auto absent = [&](const std::string* key) { return !reader.Has(*key); };
  if (std::ranges::all_of(keys, absent)) return std::nullopt;
  const std::size_t errors = findings.errors.size();
  for (const std::string* key : keys) {
    if (absent(key)) reader.AddError<errors::kPartMissing>(*key);
  }
  const Certificates ca{names.ca, ReadPem(reader, names.ca)};
  const Certificates certificate{names.certificate, ReadPem(reader, names.certificate)};
  auto key = ReadPem(reader, names.key);
  for (const Certificates* part : {&ca, &certificate}) RejectKey(reader, *part, names.key, key);
  if (findings.errors.size() != errors) return std::nullopt;
  return TlsMaterial{ca.pem->Reveal(),        certificate.pem->Reveal(),        *std::move(key),
                     reader.PathOf(names.ca), reader.PathOf(names.certificate), reader.PathOf(names.key)};
}

}  // namespace dockerext
