// SPDX-License-Identifier: MIT
#include "handler/agent/settings_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"
#include "handler/errors/agent_files.hpp"
#include "handler/json/parse.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

// Far above the limit that Azure itself enforces.
constexpr std::uint64_t kSettingsLimit = 4'000'000;

Error InvalidFile(const std::string& path, const std::string& what) {
  return MakeError<errors::kSettingsUnreadable>(Quoted(path), what);
}

// runtimeSettings[0].handlerSettings, or an error that names the first missing or invalid part.
Result<json> HandlerSettings(const std::string& text, const std::string& path) {
  auto parsed = ParseJson(text);
  if (!parsed.ok()) return InvalidFile(path, parsed.error().Message());
  json& document = *parsed;
  if (!document.is_object()) return InvalidFile(path, "is not a JSON object");
  const auto list = document.find("runtimeSettings");
  if (list == document.end() || !list->is_array() || list->empty() || !list->front().is_object()) {
    return InvalidFile(path, "has no object runtimeSettings[0]");
  }
  const auto settings = list->front().find("handlerSettings");
  if (settings == list->front().end() || !settings->is_object()) {
    return InvalidFile(path, "has no object runtimeSettings[0].handlerSettings");
  }
  return std::move(*settings);
}

Result<std::string> OptionalString(const json& settings, const char* key, const std::string& path) {
  const auto found = settings.find(key);
  if (found == settings.end() || found->is_null()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  return InvalidFile(
      path, std::string("has a runtimeSettings[0].handlerSettings.") + key + " that is not a string");
}

// The thumbprint becomes part of a path, so only 40 hex digits are accepted.
Result<std::string> Thumbprint(std::string text, const std::string& path) {
  const bool hex = text.size() == 40 && std::all_of(text.begin(), text.end(), [](char c) {
                     return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                   });
  if (!hex) {
    return InvalidFile(
        path,
        "has a runtimeSettings[0].handlerSettings.protectedSettingsCertThumbprint that is not 40 "
        "hexadecimal digits");
  }
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

}  // namespace

Result<SettingsFile> ReadSettingsFile(Files& files, const std::string& config_folder,
                                      std::uint64_t sequence) {
  const std::string path = config_folder + "/" + std::to_string(sequence) + ".settings";
  const auto facts = files.Inspect(path);
  if (!facts.ok() && facts.error().code == Code::kNotFound) {
    return MakeError<errors::kSettingsMissing>(Quoted(path));
  }
  if (facts.ok() && facts->size > kSettingsLimit) {
    return MakeError<errors::kSettingsTooLarge>(Quoted(path), std::to_string(facts->size),
                                                std::to_string(kSettingsLimit));
  }
  if (facts.ok() && (facts->kind == FileFacts::Kind::kFolder || facts->kind == FileFacts::Kind::kOther)) {
    return MakeError<errors::kSettingsNoFile>(Quoted(path));
  }
  auto text = files.Read(path);
  if (!text.ok()) return std::move(text).error();
  if (Trim(*text).empty()) return SettingsFile{};
  TRY_LET(const json settings, HandlerSettings(*text, path));
  SettingsFile file;
  const auto found = settings.find("publicSettings");
  if (found != settings.end() && !found->is_null()) file.public_text = found->dump();
  TRY_LET(const std::string protected_text, OptionalString(settings, "protectedSettings", path));
  if (protected_text.empty()) return file;
  auto envelope = DecodeBase64(protected_text);
  if (!envelope)
    return InvalidFile(path, "has runtimeSettings[0].handlerSettings.protectedSettings that are not base64");
  file.envelope = *std::move(envelope);
  TRY_LET(std::string thumbprint, OptionalString(settings, "protectedSettingsCertThumbprint", path));
  TRY_LET(file.thumbprint, Thumbprint(std::move(thumbprint), path));
  return file;
}

Result<Secret> OpenProtectedSettings(Files& files, Crypto& crypto, const std::string& config_folder,
                                     const SettingsFile& settings) {
  if (settings.envelope.empty()) return Secret();
  const std::string stem = ParentOf(ParentOf(config_folder)) + "/" + settings.thumbprint;
  auto certificate = files.Read(stem + ".crt");
  auto key = files.Read(stem + ".prv");
  if (!certificate.ok() || !key.ok()) {
    // It may still arrive.
    return MakeError<errors::kNoVmCertificate>(settings.thumbprint, Quoted(stem + ".crt"))
        .As(Code::kNotFound);
  }
  return crypto.OpenEnvelope(settings.envelope, *certificate, Secret(*std::move(key)))
      .Context("decrypting protectedSettings with the certificate " + settings.thumbprint);
}

}  // namespace dockerext
