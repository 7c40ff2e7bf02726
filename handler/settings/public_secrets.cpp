// SPDX-License-Identifier: MIT
#include "handler/settings/public_secrets.hpp"

#include <string>
#include <string_view>

#include "handler/base/redact.hpp"
#include "handler/base/secret.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/engine_source.hpp"
#include "handler/errors/settings.hpp"
#include "handler/settings/key_material.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

enum class Material { kNone, kPrivateKey, kOpenPgpPrivateKey, kCertificate };

// An OpenPGP public key is no secret: it may be that of a package repository.
bool IsPem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  auto begin = text.find(kBegin);
  while (begin != std::string_view::npos && text.substr(begin).starts_with("-----BEGIN PGP "))
    begin = text.find(kBegin, begin + 1);
  return begin != std::string_view::npos;
}

bool IsBase64OfPem(std::string_view text) {
  auto decoded = DecodeBase64(text);
  if (!decoded) return false;
  const bool is_pem = IsPem(*decoded);
  Secret::Wipe(*decoded);
  return is_pem;
}

// Damaged base64 has a label at its beginning still.
Material MaterialIn(std::string_view text) {
  constexpr std::size_t kLabel = 64;
  if (text.find("-----BEGIN PGP PRIVATE KEY") != std::string_view::npos) return Material::kOpenPgpPrivateKey;
  if (HoldsPrivateKey(text)) return Material::kPrivateKey;
  return IsPem(text) || IsBase64OfPem(text) || IsBase64OfPem(text.substr(0, kLabel)) ? Material::kCertificate
                                                                                     : Material::kNone;
}

void Add(const Error& error, const std::string& path, Findings& findings) {
  findings.errors.push_back({path, error.what, error.remedy});
}

void Judge(std::string_view text, const std::string& path, Findings& findings) {
  const Material material = MaterialIn(text);
  if (material == Material::kPrivateKey) {
    Add(MakeError<errors::kKeyIsPublic>(), path, findings);
  } else if (material == Material::kOpenPgpPrivateKey) {
    Add(MakeError<errors::kOpenPgpKeyIsPublic>(), path, findings);
  } else if (material == Material::kCertificate) {
    Add(MakeError<errors::kCertificateInPublic>(), path, findings);
  }
}

void FindIn(const json& value, const std::string& path, Findings& findings) {
  if (value.is_object()) {
    for (const auto& item : value.items()) {
      const std::string inner = path + "." + ShownName(item.key());
      Judge(item.key(), inner, findings);
      FindIn(item.value(), inner, findings);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      FindIn(value[i], path + "[" + std::to_string(i) + "]", findings);
  } else if (value.is_string()) {
    Judge(value.get_ref<const std::string&>(), path, findings);
  }
}

}  // namespace

bool HoldsPem(std::string_view text) { return MaterialIn(text) != Material::kNone; }

void FindPublicSecrets(const json& public_settings, Findings& findings) {
  FindIn(public_settings, "publicSettings", findings);
}

}  // namespace dockerext
