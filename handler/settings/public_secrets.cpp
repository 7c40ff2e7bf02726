// SPDX-License-Identifier: MIT
#include "handler/settings/public_secrets.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "handler/base/redact.hpp"
#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/settings.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

enum class PemKind { kNone, kPrivateKey, kOpenPgpPrivateKey, kOther };

PemKind KindOfPem(std::string_view text) {
  constexpr std::string_view kOpenPgp = "-----BEGIN PGP ";
  if (text.find("-----BEGIN PGP PRIVATE KEY") != std::string_view::npos) return PemKind::kOpenPgpPrivateKey;
  // An OpenPGP public key is no secret: it may be that of a package repository.
  auto begin = text.find("-----BEGIN ");
  while (begin != std::string_view::npos && text.substr(begin).starts_with(kOpenPgp))
    begin = text.find("-----BEGIN ", begin + 1);
  if (begin == std::string_view::npos) return PemKind::kNone;
  return text.find("PRIVATE KEY-----") == std::string_view::npos ? PemKind::kOther : PemKind::kPrivateKey;
}

PemKind KindOfBase64(std::string_view text) {
  auto decoded = DecodeBase64(text);
  if (!decoded) return PemKind::kNone;
  const PemKind kind = KindOfPem(*decoded);
  Secret::Wipe(*decoded);
  return kind;
}

// Damaged base64 has a label at its beginning still.
PemKind KindOf(std::string_view text) {
  constexpr std::size_t kLabel = 64;
  for (const PemKind kind : {KindOfPem(text), KindOfBase64(text), KindOfBase64(text.substr(0, kLabel))}) {
    if (kind != PemKind::kNone) return kind;
  }
  return PemKind::kNone;
}

void Add(const Error& error, const std::string& path, Findings& findings) {
  findings.errors.push_back({path, error.what, error.remedy});
}

void FindIn(const json& value, const std::string& path, Findings& findings) {
  if (value.is_object()) {
    for (const auto& item : value.items()) FindIn(item.value(), path + "." + ShownName(item.key()), findings);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      FindIn(value[i], path + "[" + std::to_string(i) + "]", findings);
  } else if (value.is_string()) {
    const PemKind kind = KindOf(value.get_ref<const std::string&>());
    if (kind == PemKind::kPrivateKey) {
      Add(MakeError<errors::kKeyIsPublic>(), path, findings);
    } else if (kind == PemKind::kOpenPgpPrivateKey) {
      Add(MakeError<errors::kOpenPgpKeyIsPublic>(), path, findings);
    } else if (kind == PemKind::kOther) {
      Add(MakeError<errors::kCertificateInPublic>(), path, findings);
    }
  }
}

}  // namespace

bool HoldsPem(std::string_view text) { return KindOf(text) != PemKind::kNone; }

void FindPublicSecrets(const json& public_settings, Findings& findings) {
  FindIn(public_settings, "publicSettings", findings);
}

}  // namespace dockerext
