// SPDX-License-Identifier: MIT
#include "tests/sim/contract/settings_document.hpp"

#include <utility>

namespace dockerext::contract {
namespace {

constexpr const char* kPublic = "publicSettings";
constexpr const char* kProtected = "protectedSettings";
constexpr const char* kThumbprint = "protectedSettingsCertThumbprint";

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::string RenderSettings(const SettingsDocument& document) {
  Json handler = {{kPublic, document.public_settings}, {kProtected, nullptr}, {kThumbprint, nullptr}};
  if (document.protected_settings) {
    handler[kProtected] = document.protected_settings->envelope;
    handler[kThumbprint] = document.protected_settings->thumbprint;
  }
  Json first = Json::object();
  first["handlerSettings"] = std::move(handler);
  Json all = Json::object();
  all["runtimeSettings"] = Json::array({std::move(first)});
  return DumpAsPython(all);
}

std::optional<SettingsDocument> ParseSettings(std::string_view text) {
  const Json::json_pointer where("/runtimeSettings/0/handlerSettings");
  const auto json = ParseJson(text);
  if (!json || !json->contains(where) || !json->at(where).is_object()) return std::nullopt;
  const Json& handler = json->at(where);
  SettingsDocument document{.public_settings = handler.value(kPublic, Json())};
  std::string envelope = TextAt(handler, kProtected);
  if (!envelope.empty())
    document.protected_settings = Sealed{std::move(envelope), TextAt(handler, kThumbprint)};
  return document;
}

}  // namespace dockerext::contract
