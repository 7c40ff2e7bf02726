// SPDX-License-Identifier: MIT
#include "handler/settings/settings.hpp"

#include <utility>

#include "handler/base/text.hpp"
#include "handler/json/parse.hpp"
#include "handler/settings/certificate_values.hpp"
#include "handler/settings/docker_options.hpp"
#include "handler/settings/object_reader.hpp"
#include "handler/settings/public_secrets.hpp"

namespace dockerext {
namespace {

using nlohmann::json;

using Names = std::vector<std::string>;

const Names kPublic = {"docker",  "dockerport", "installonly",      "uninstallPolicy",
                       "compose", "composeup",  "azure-environment"};
const Names kPublicWithoutEffect = {"compose-environment"};
const Names kDocker = {"port", "options", "source", "version", "channel", "allowDowngrade", "repository"};
const Names kRepository = {"url", "key"};
const Names kProtected = {"certs", "ca", "server-cert", "server-key", "login"};
const Names kProtectedWithoutEffect = {"environment"};
const Names kCerts = {"ca", "cert", "key"};

// What others put around the settings: the agent, az, ARM templates.
const Names kWrappers = {"settings", "properties", "handlerSettings", "runtimeSettings"};

// As certificates and keys are called elsewhere, by dockerd's flags among others.
const OtherNames kCertsOtherNames = {{"cacert", "ca"},
                                     {"cacertificate", "ca"},
                                     {"rootca", "ca"},
                                     {"tlscacert", "ca"},
                                     {"certificate", "cert"},
                                     {"certificates", "cert"},
                                     {"servercert", "cert"},
                                     {"servercertificate", "cert"},
                                     {"crt", "cert"},
                                     {"tlscert", "cert"},
                                     {"privatekey", "key"},
                                     {"serverkey", "key"},
                                     {"serverprivatekey", "key"},
                                     {"tlskey", "key"}};

Names Dotted(const std::string& section, const Names& names) {
  Names dotted;
  for (const std::string& name : names) dotted.push_back(section + "." + name);
  return dotted;
}

Names Together(Names names, const Names& more, const Names& yet_more) {
  names.insert(names.end(), more.begin(), more.end());
  names.insert(names.end(), yet_more.begin(), yet_more.end());
  return names;
}

Keys PublicKeys() {
  return {
      .names = kPublic,
      .without_effect = kPublicWithoutEffect,
      .inner = Dotted("docker", kDocker),
      .elsewhere = Together(Together(kProtected, kCerts, Dotted("certs", kCerts)), {"protectedSettings"}, {}),
      .elsewhere_error = &errors::kProtectedInPublic,
      .wrappers = Together(kWrappers, {"publicSettings"}, {})};
}

Keys ProtectedKeys() {
  return {
      .names = kProtected,
      .without_effect = kProtectedWithoutEffect,
      .inner = Dotted("certs", kCerts),
      .elsewhere = Together(Together(kPublic, kDocker, Dotted("docker", kDocker)), {"publicSettings"}, {}),
      .elsewhere_error = &errors::kPublicInProtected,
      .wrappers = Together(kWrappers, {"protectedSettings"}, {})};
}

// The settings of the whole that stand inside `docker` would be ignored there, which opens what they would
// close.
Keys DockerKeys() {
  Names others = Together(kPublic, kPublicWithoutEffect, {});
  return {.names = kDocker,
          .inner = Together(Dotted("repository", kRepository), Dotted("publicSettings", others),
                            Dotted("protectedSettings", kProtected))};
}

// An error rather than a warning: success would claim that the key had an effect.
void RejectUnsupported(ObjectReader& reader, const std::string& key) {
  if (reader.Has(key)) reader.AddError<errors::kNotSupported>(key);
}

void ReadPolicy(ObjectReader& reader, DesiredState& desired) {
  const std::string* text = reader.String("uninstallPolicy");
  if (text == nullptr) return;
  if (const auto policy = PolicyOf(*text)) {
    desired.uninstall_policy = *policy;
    return;
  }
  reader.AddError<errors::kNotAPolicy>("uninstallPolicy", Shown(*text));
}

void ReadPublic(const json& object, DesiredState& desired, Findings& findings) {
  ObjectReader reader(object, "publicSettings", PublicKeys(), findings);
  desired.leave_engine_alone = reader.Boolean("installonly").value_or(false);
  desired.port = reader.Port("dockerport");
  ReadPolicy(reader, desired);
  for (const char* key : {"compose", "composeup"}) RejectUnsupported(reader, key);
  const json* section = reader.Object("docker");
  if (section == nullptr) {
    desired.source = ReadEngineSource(reader, nullptr);
    return;
  }
  ObjectReader docker(*section, reader.PathOf("docker"), DockerKeys(), findings);
  desired.source = ReadEngineSource(reader, &docker);
  desired.options = ReadDockerOptions(docker);
  const auto port = docker.Port("port");
  if (port && desired.port && *port != *desired.port) {
    docker.AddError<errors::kTwoPorts>("port", std::to_string(*port), std::to_string(*desired.port));
  }
  if (port) desired.port = port;
}

bool SameMaterial(const TlsMaterial& a, const TlsMaterial& b) {
  return a.ca == b.ca && a.certificate == b.certificate && a.key.Reveal() == b.key.Reveal();
}

void ReadProtected(const json& object, SettingsReading& reading) {
  Findings& findings = reading.findings;
  ObjectReader reader(object, "protectedSettings", ProtectedKeys(), findings);
  RejectUnsupported(reader, "login");
  TlsReading older = ReadTls(reader, {"ca", "server-cert", "server-key"}, findings);
  reading.desired.tls = std::move(older.whole);
  reading.remains_of_tls = std::move(older.remains);
  const json* section = reader.Object("certs");
  if (section == nullptr) return;
  ObjectReader certs(*section, reader.PathOf("certs"), {.names = kCerts, .other_names = kCertsOtherNames},
                     findings);
  TlsReading newer = ReadTls(certs, {"ca", "cert", "key"}, findings);
  if (newer.whole && reading.desired.tls && !SameMaterial(*newer.whole, *reading.desired.tls)) {
    reader.AddError<errors::kTwoSets>("certs");
  }
  if (newer.whole) reading.desired.tls = std::move(newer.whole);
  if (newer.remains) reading.remains_of_tls = std::move(newer.remains);
}

bool IsAbsent(std::string_view text) { return text.empty() || Trim(text) == "null"; }

std::optional<json> ParseObject(const std::string& text, const std::string& path, Findings& findings) {
  if (IsAbsent(text)) return json::object();
  auto parsed = ParseJson(text);
  if (parsed.ok() && parsed->is_object()) return *std::move(parsed);
  const Error error = parsed.ok() ? MakeError<errors::kNotAnObjectAtTop>(TypeName(*parsed)) : parsed.error();
  findings.errors.push_back({path, error.what, error.remedy});
  if (parsed.ok()) WipeStrings(*parsed);
  return std::nullopt;
}

}  // namespace

SettingsReading ReadSettings(const std::string& public_text, const Secret& protected_text) {
  SettingsReading reading{.none = IsAbsent(public_text) && IsAbsent(protected_text.Reveal())};
  if (const auto object = ParseObject(public_text, "publicSettings", reading.findings)) {
    ReadPublic(*object, reading.desired, reading.findings);
    FindPublicSecrets(*object, reading.findings);
  }
  if (auto object = ParseObject(protected_text.Reveal(), "protectedSettings", reading.findings)) {
    ReadProtected(*object, reading);
    WipeStrings(*object);
  }
  return reading;
}

std::vector<std::string> KnownPublicKeys() {
  return Together(kPublic, kPublicWithoutEffect,
                  Together(Dotted("docker", kDocker), Dotted("docker.repository", kRepository), {}));
}

std::vector<std::string> KnownProtectedKeys() {
  return Together(kProtected, kProtectedWithoutEffect, Dotted("certs", kCerts));
}

}  // namespace dockerext
