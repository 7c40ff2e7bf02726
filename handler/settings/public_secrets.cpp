// SPDX-License-Identifier: MIT
#include "handler/settings/public_secrets.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"

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

void FindIn(const json& value, const std::string& path, Findings& findings) {
  if (value.is_object()) {
    for (const auto& item : value.items()) FindIn(item.value(), path + "." + item.key(), findings);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      FindIn(value[i], path + "[" + std::to_string(i) + "]", findings);
  } else if (value.is_string()) {
    const PemKind kind = KindOf(value.get_ref<const std::string&>());
    if (kind == PemKind::kPrivateKey) {
      findings.errors.push_back(
          {path,
           "holds a private key, which is public now (everybody who may read the VM's model can read it); "
           "replace "
           "the key and its certificate by new ones, and send them in protectedSettings.certs"});
    } else if (kind == PemKind::kOpenPgpPrivateKey) {
      findings.errors.push_back({path,
                                 "holds an OpenPGP private key, which is public now (everybody who may read "
                                 "the VM's model can read "
                                 "it); make a new key, and send only its public part"});
    } else if (kind == PemKind::kOther) {
      findings.errors.push_back(
          {path, "holds a certificate, which is not read here; send it in protectedSettings.certs"});
    }
  }
}

}  // namespace

bool HoldsPem(std::string_view text) { return KindOf(text) != PemKind::kNone; }

void FindPublicSecrets(const json& public_settings, Findings& findings) {
  FindIn(public_settings, "publicSettings", findings);
}

}  // namespace dockerext
