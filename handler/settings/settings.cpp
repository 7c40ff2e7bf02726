// SPDX-License-Identifier: MIT
#include "handler/settings/settings.hpp"

#include <array>
#include <utility>

#include "handler/base/pem.hpp"
#include "handler/base/text.hpp"
#include "handler/json/parse.hpp"
#include "handler/settings/docker_options.hpp"
#include "handler/settings/object_reader.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

using Keys = std::vector<std::string>;

Keys PublicKeys() {
  return {"docker",  "dockerport",          "installonly", "uninstallPolicy",
          "compose", "compose-environment", "composeup",   "azure-environment"};
}
Keys DockerKeys() { return {"port", "options"}; }
Keys ProtectedKeys() { return {"certs", "ca", "server-cert", "server-key", "login", "environment"}; }
Keys CertsKeys() { return {"ca", "cert", "key"}; }

// An error rather than a warning: success would claim that the key had an effect.
void RejectUnsupported(ObjectReader& reader, const std::string& key) {
  if (reader.Has(key)) reader.AddError(key, "is not supported by this version of the extension; remove it");
}

void WarnUnused(ObjectReader& reader, const std::string& key) {
  if (reader.Has(key)) reader.AddWarning(key, "has no effect in this version of the extension");
}

void ReadPolicy(ObjectReader& reader, DesiredState& desired) {
  const std::string* text = reader.String("uninstallPolicy");
  if (text == nullptr) return;
  if (const auto policy = PolicyOf(*text)) {
    desired.uninstall_policy = *policy;
    return;
  }
  reader.AddError("uninstallPolicy", "must be one of auto, keep, configuration and packages, but is " +
                                         Quoted(text->substr(0, 40)));
}

// The extension always sets live-restore in daemon.json, where it takes effect before the first restart; as
// an option it would take effect only after it, and dockerd does not start with both.
bool IsAlwaysSet(const std::string& option) {
  return option == "--live-restore" || option == "--live-restore=true";
}

void ReadOptions(ObjectReader& docker, DesiredState& desired) {
  const std::vector<std::string> tokens = docker.StringList("options");
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    auto option = ReadDockerOption(tokens[i]);
    if (const auto* error = std::get_if<OptionError>(&option)) {
      docker.AddError("options[" + std::to_string(i) + "]", error->message);
    } else if (auto& text = std::get<std::string>(option); !IsAlwaysSet(text)) {
      desired.options.push_back(std::move(text));
    }
  }
}

void ReadPublic(const json& object, DesiredState& desired, Findings& findings) {
  ObjectReader reader(object, "publicSettings", PublicKeys(), findings);
  desired.leave_engine_alone = reader.Boolean("installonly").value_or(false);
  desired.port = reader.Port("dockerport");
  ReadPolicy(reader, desired);
  for (const char* key : {"compose", "composeup"}) RejectUnsupported(reader, key);
  for (const char* key : {"compose-environment", "azure-environment"}) WarnUnused(reader, key);
  const json* section = reader.Object("docker");
  if (section == nullptr) return;
  ObjectReader docker(*section, reader.PathOf("docker"), DockerKeys(), findings);
  ReadOptions(docker, desired);
  const auto port = docker.Port("port");
  if (port && desired.port && *port != *desired.port) {
    docker.AddError("port", "contradicts publicSettings.dockerport (" + std::to_string(*port) + " and " +
                                std::to_string(*desired.port) + "); keep one of them");
  }
  if (port) desired.port = port;
}

bool IsPem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

// In lines of its own where a pipeline lost them, so that dockerd reads it.
Secret InLines(std::string pem) {
  auto repaired = RepairedPem(pem);
  if (!repaired) return Secret(std::move(pem));
  Secret::Wipe(pem);
  return Secret(*std::move(repaired));
}

const char* WhyNoPem(const std::string& text, const std::optional<std::string>& decoded) {
  if (text.empty()) return "is empty; it must be PEM, or base64 of PEM";
  if (decoded && (decoded->starts_with("\xFF\xFE") || decoded->starts_with("\xFE\xFF")))
    return "is base64 of UTF-16 text, which dockerd does not read; save the file as ASCII (PowerShell: "
           "-Encoding "
           "ascii)";
  return "is neither PEM (-----BEGIN ...) nor base64 of PEM; send it again, whole";
}

// base64 of PEM, or PEM itself; no part of the value reaches a message.
std::optional<Secret> ReadPem(ObjectReader& reader, const std::string& key) {
  const std::string* text = reader.String(key);
  if (text == nullptr) return std::nullopt;
  if (IsPem(*text)) return InLines(*text);
  auto decoded = DecodeBase64(*text);
  if (decoded && IsPem(*decoded)) return InLines(*std::move(decoded));
  reader.AddError(key, WhyNoPem(*text, decoded));
  if (decoded) Secret::Wipe(*decoded);
  return std::nullopt;
}

// The certificate files are world-readable.
std::optional<Secret> ReadCertificates(ObjectReader& reader, const std::string& key) {
  auto pem = ReadPem(reader, key);
  if (pem && pem->Reveal().find("PRIVATE KEY-----") != std::string::npos) {
    reader.AddError(key,
                    "holds a private key, which would be readable by everyone; send only the certificate");
  }
  return pem;
}

struct TlsKeys {
  std::string ca;
  std::string certificate;
  std::string key;
};

// All three of a set, or none: with an incomplete set, earlier extensions listened without TLS.
std::optional<TlsMaterial> ReadTls(ObjectReader& reader, const TlsKeys& names, Findings& findings) {
  const std::array<const std::string*, 3> keys = {&names.ca, &names.certificate, &names.key};
  const auto absent = [&](const std::string* key) { return !reader.Has(*key); };
  if (absent(keys[0]) && absent(keys[1]) && absent(keys[2])) return std::nullopt;
  const std::size_t errors = findings.errors.size();
  for (const std::string* key : keys) {
    if (absent(key))
      reader.AddError(*key, "is missing; CA, server certificate and server key are needed together");
  }
  auto ca = ReadCertificates(reader, names.ca);
  auto certificate = ReadCertificates(reader, names.certificate);
  auto key = ReadPem(reader, names.key);
  if (findings.errors.size() != errors) return std::nullopt;
  return TlsMaterial{ca->Reveal(),
                     certificate->Reveal(),
                     *std::move(key),
                     reader.PathOf(names.ca),
                     reader.PathOf(names.certificate),
                     reader.PathOf(names.key)};
}

bool SameMaterial(const TlsMaterial& a, const TlsMaterial& b) {
  return a.ca == b.ca && a.certificate == b.certificate && a.key.Reveal() == b.key.Reveal();
}

void ReadProtected(const json& object, DesiredState& desired, Findings& findings) {
  ObjectReader reader(object, "protectedSettings", ProtectedKeys(), findings);
  RejectUnsupported(reader, "login");
  WarnUnused(reader, "environment");
  desired.tls = ReadTls(reader, {"ca", "server-cert", "server-key"}, findings);
  const json* section = reader.Object("certs");
  if (section == nullptr) return;
  ObjectReader certs(*section, reader.PathOf("certs"), CertsKeys(), findings);
  auto newer = ReadTls(certs, {"ca", "cert", "key"}, findings);
  if (newer && desired.tls && !SameMaterial(*newer, *desired.tls)) {
    reader.AddError("certs",
                    "contradicts protectedSettings.ca, server-cert and server-key; keep one of the two sets");
  }
  if (newer) desired.tls = std::move(newer);
}

bool IsAbsent(std::string_view text) { return text.empty() || Trim(text) == "null"; }

std::optional<json> ParseObject(const std::string& text, const std::string& path, Findings& findings) {
  if (IsAbsent(text)) return json::object();
  auto parsed = ParseJson(text);
  if (parsed.ok() && parsed->is_object()) return *std::move(parsed);
  findings.errors.push_back({path, parsed.ok() ? "must be a JSON object, but is " + TypeName(*parsed)
                                               : std::move(parsed).error().message});
  return std::nullopt;
}

Keys WithSection(Keys keys, const std::string& section, const Keys& inner) {
  for (const std::string& key : inner) keys.push_back(section + "." + key);
  return keys;
}

}  // namespace

SettingsReading ReadSettings(const std::string& public_text, const Secret& protected_text) {
  SettingsReading reading{.none = IsAbsent(public_text) && IsAbsent(protected_text.Reveal())};
  if (const auto object = ParseObject(public_text, "publicSettings", reading.findings)) {
    ReadPublic(*object, reading.desired, reading.findings);
  }
  if (const auto object = ParseObject(protected_text.Reveal(), "protectedSettings", reading.findings)) {
    ReadProtected(*object, reading.desired, reading.findings);
  }
  return reading;
}

std::vector<std::string> KnownPublicKeys() { return WithSection(PublicKeys(), "docker", DockerKeys()); }

std::vector<std::string> KnownProtectedKeys() { return WithSection(ProtectedKeys(), "certs", CertsKeys()); }

}  // namespace dockerext
