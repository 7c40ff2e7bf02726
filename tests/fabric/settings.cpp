// SPDX-License-Identifier: MIT
#include "tests/fabric/settings.hpp"

#include <algorithm>
#include <optional>

#include "handler/base/text.hpp"
#include "tests/harness/addresses.hpp"
#include "tests/harness/credentials.hpp"
#include "tests/harness/envelope.hpp"
#include "tests/harness/files.hpp"
#include "tests/harness/settings_file.hpp"

namespace dockerext::fabric {
namespace {

using guest::Arguments;
using harness::Cipher;
using harness::Style;
using harness::TenantKey;

constexpr const char* kDefaultPort = "4243";

Result<std::string> ReadInput(const std::string& path) {
  return harness::ReadFile(path == "-" ? "/dev/stdin" : path);
}

bool HasProtected(const Arguments& arguments) {
  return arguments.Has("--protected") || arguments.Has("--credentials");
}

Result<Cipher> CipherOf(const Arguments& arguments) {
  const std::string name = arguments.Last("--cipher");
  if (name.empty() || name == "des-ede3-cbc") return Cipher::kTripleDes;
  if (name == "aes-256-cbc") return Cipher::kAes256;
  return Error{Code::kInvalidSettings, "there is no cipher " + Quoted(name) + " here"};
}

Result<Json> PublicSettings(const Arguments& arguments) {
  if (arguments.Has("--port"))
    return harness::DefaultPublicSettings(Style::kModern, arguments.Last("--port"));
  if (!arguments.Has("--public")) {
    const bool by_default = arguments.Has("--credentials");
    return by_default ? harness::DefaultPublicSettings(Style::kModern, kDefaultPort) : Json();
  }
  TRY_LET(const std::string text, ReadInput(arguments.Last("--public")));
  auto json = harness::ParseJson(text);
  if (!json) return Error{Code::kInvalidSettings, Quoted(arguments.Last("--public")) + " is not JSON"};
  return *std::move(json);
}

Result<Secret> ProtectedSettings(const Arguments& arguments) {
  if (arguments.Has("--protected")) {
    TRY_LET(std::string text, ReadInput(arguments.Last("--protected")));
    return Secret(std::move(text));
  }
  const harness::HostNames hosts{.all = harness::OwnAddresses(), .required = {}};
  TRY_LET(const harness::ServerCredentials credentials,
          harness::MakeOrReuseCredentials(arguments.Last("--credentials"), Style::kModern, hosts));
  return harness::RenderProtected(credentials, Style::kModern);
}

Result<harness::Sealed> SealFor(const TenantKey& tenant, const Secret& plaintext, Cipher cipher) {
  TRY_LET(std::string envelope, harness::Seal(tenant.certificate.get(), plaintext, cipher));
  return harness::Sealed{std::move(envelope), tenant.thumbprint};
}

// The same document, its protected settings, if it has any, for the new key.
Result<std::string> Resealed(const std::string& document, const TenantKey& old, const TenantKey& fresh) {
  const Json::json_pointer where("/runtimeSettings/0/handlerSettings");
  const auto json = harness::ParseJson(document);
  const Json handler = json && json->contains(where) ? json->at(where) : Json::object();
  const Json envelope = handler.value("protectedSettings", Json());
  if (!envelope.is_string()) return document;
  TRY_LET(const Secret plaintext, harness::Unseal(envelope.get<std::string>(), old));
  TRY_LET(const harness::Sealed sealed, SealFor(fresh, plaintext, Cipher::kTripleDes));
  return harness::RenderSettings(handler.at("publicSettings"), sealed);
}

}  // namespace

std::vector<std::string_view> SettingsOptions() {
  return {"--public=", "--port=", "--protected=", "--credentials=", "--cipher="};
}

Result<std::string> ReadSettings(const Store& store, const Arguments& arguments) {
  const bool any = arguments.Has("--public") || arguments.Has("--port") || HasProtected(arguments);
  if (!any) return std::string();
  TRY_LET(const Json public_settings, PublicSettings(arguments));
  if (!HasProtected(arguments)) return harness::RenderSettings(public_settings, std::nullopt);
  TRY_LET(const Cipher cipher, CipherOf(arguments));
  TRY_LET(const Secret plaintext, ProtectedSettings(arguments));
  TRY_LET(const TenantKey tenant, store.Tenant());
  TRY_LET(const harness::Sealed sealed, SealFor(tenant, plaintext, cipher));
  return harness::RenderSettings(public_settings, sealed);
}

Status RenewTenant(const Store& store, std::vector<Extension>& extensions) {
  TRY_LET(const TenantKey old, store.ReplaceTenant());
  TRY_LET(const TenantKey fresh, store.Tenant());
  for (Extension& extension : extensions) {
    TRY_LET(extension.settings, Resealed(extension.settings, old, fresh));
  }
  return {};
}

}  // namespace dockerext::fabric
