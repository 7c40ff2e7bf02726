// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/settings.hpp"

#include <algorithm>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/sim/contract/envelope.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/settings_document.hpp"
#include "tests/sim/credentials/addresses.hpp"
#include "tests/sim/credentials/credentials.hpp"

namespace dockerext::fabric {
namespace {

using contract::Cipher;
using contract::TenantKey;
using credentials::Style;
using guest::Arguments;

Result<std::string> ReadInput(const std::string& path) {
  return contract::ReadFile(path == "-" ? "/dev/stdin" : path);
}

bool HasProtected(const Arguments& arguments) {
  return arguments.Has("--protected") || arguments.Has("--credentials");
}

Result<Cipher> CipherOf(const Arguments& arguments) {
  const std::string name = arguments.Last("--cipher");
  if (name.empty()) return Cipher::kTripleDes;
  if (const auto cipher = contract::FindSettingsCipher(name)) return *cipher;
  return Error{Code::kInvalidSettings,
               "unknown cipher " + Quoted(name) + "; use des-ede3-cbc or aes-256-cbc"};
}

Result<Json> PublicSettings(const Arguments& arguments) {
  if (arguments.Has("--port"))
    return credentials::DefaultPublicSettings(Style::kModern, arguments.Last("--port"));
  if (!arguments.Has("--public")) {
    const bool by_default = arguments.Has("--credentials");
    return by_default ? credentials::DefaultPublicSettings(Style::kModern, credentials::kDefaultPort)
                      : Json();
  }
  TRY_LET(const std::string text, ReadInput(arguments.Last("--public")));
  auto json = contract::ParseJson(text);
  if (!json) return Error{Code::kInvalidSettings, Quoted(arguments.Last("--public")) + " is not JSON"};
  return *std::move(json);
}

Result<Secret> ProtectedSettings(const Arguments& arguments) {
  if (arguments.Has("--protected")) {
    TRY_LET(std::string text, ReadInput(arguments.Last("--protected")));
    return Secret(std::move(text));
  }
  const credentials::HostNames hosts{.all = credentials::OwnAddresses(), .required = {}};
  TRY_LET(const credentials::ServerCredentials credentials,
          credentials::MakeOrReuseCredentials(arguments.Last("--credentials"), Style::kModern, hosts));
  return credentials::RenderProtected(credentials, Style::kModern);
}

// A key pair that no VM has.
Result<TenantKey> MakeLostTenant() {
  TenantKey lost;
  TRY_LET(lost.key, contract::MakeKey(contract::KeyKind::kRsa2048));
  const contract::CertificatePlan plan{.subject = {{"CN", "TenantEncryptionCert"}}};
  TRY_LET(lost.certificate, contract::MakeCertificate(plan, lost.key.get(), {nullptr, lost.key.get()}));
  TRY_LET(lost.thumbprint, contract::ThumbprintOf(lost.certificate.get()));
  return lost;
}

// The same document, with its protected settings, if any, encrypted for the new key.
Result<std::string> Reencrypt(const std::string& text, const TenantKey& old, const TenantKey& fresh) {
  auto document = contract::ParseSettings(text);
  if (!document || !document->protected_settings) return text;
  TRY_LET(const Secret plaintext, contract::Unseal(document->protected_settings->envelope, old));
  TRY_LET(document->protected_settings, contract::SealFor(fresh, plaintext, Cipher::kTripleDes));
  return contract::RenderSettings(*document);
}

}  // namespace

std::vector<std::string_view> SettingsOptions() {
  return {
      "--public=", "--port=", "--protected=", "--credentials=", "--text=", "--cipher=", "--lost-certificate"};
}

Result<std::optional<std::string>> ReadSettings(const Store& store, const Arguments& arguments) {
  if (arguments.Has("--text")) {
    TRY_LET(std::string text, ReadInput(arguments.Last("--text")));
    return std::optional(std::move(text));
  }
  const bool any = arguments.Has("--public") || arguments.Has("--port") || HasProtected(arguments);
  if (!any) return std::optional<std::string>();
  contract::SettingsDocument document;
  TRY_LET(document.public_settings, PublicSettings(arguments));
  if (HasProtected(arguments)) {
    TRY_LET(const Cipher cipher, CipherOf(arguments));
    TRY_LET(const Secret plaintext, ProtectedSettings(arguments));
    TRY_LET(const TenantKey tenant, arguments.Has("--lost-certificate") ? MakeLostTenant() : store.Tenant());
    TRY_LET(document.protected_settings, contract::SealFor(tenant, plaintext, cipher));
  }
  return std::optional(contract::RenderSettings(document));
}

Status RenewTenant(const Store& store, std::vector<Extension>& extensions) {
  TRY_LET(const TenantKey old, store.ReplaceTenant());
  TRY_LET(const TenantKey fresh, store.Tenant());
  for (Extension& extension : extensions) {
    if (!extension.settings) continue;
    TRY_LET(extension.settings, Reencrypt(*extension.settings, old, fresh));
  }
  return {};
}

}  // namespace dockerext::fabric
