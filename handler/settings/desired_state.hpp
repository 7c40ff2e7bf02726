// SPDX-License-Identifier: MIT
// The customer's intent, whatever generation the settings are of: typed and validated, so that
// nothing behind this room checks a customer's string again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/base/secret.hpp"
#include "handler/settings/engine_source.hpp"

namespace dockerext {

// The endpoint's port when the settings name none.
inline constexpr std::uint16_t kDefaultPort = 4243;

// PEM texts as the customer gave them, base64 undone; each with the JSON path that it came from, for
// messages.
struct TlsMaterial {
  std::string ca;
  std::string certificate;
  Secret key;
  std::string ca_at;
  std::string certificate_at;
  std::string key_at;
};

// Where the options stand in the settings, for messages.
inline constexpr std::string_view kOptionsPath = "publicSettings.docker.options";

// One option of dockerd.
struct DockerOption {
  std::string text;  // "--name" or "--name=value"
  std::string at;    // its own JSON path; of options kept from earlier settings: kOptionsPath

  // Where it stands makes no difference to the engine.
  friend bool operator==(const DockerOption& a, const DockerOption& b) { return a.text == b.text; }
};

std::vector<std::string> TextsOf(const std::vector<DockerOption>& options);

// What uninstall removes.
enum class UninstallPolicy {
  kAuto,           // the configuration, and packages that the extension installed and nothing uses
  kKeep,           // only remote access and the extension's own files
  kConfiguration,  // never packages
  kPackages,       // as kAuto, even while containers run
};

// "auto", "keep", "configuration", "packages"; nullopt for any other name.
std::string PolicyName(UninstallPolicy policy);
std::optional<UninstallPolicy> PolicyOf(const std::string& name);

struct DesiredState {
  bool leave_engine_alone = false;    // 2014's installonly: install Docker, leave its configuration
  std::optional<std::uint16_t> port;  // as given; no port and no certificates: no TCP
  std::vector<DockerOption> options;
  std::optional<TlsMaterial> tls;
  UninstallPolicy uninstall_policy = UninstallPolicy::kAuto;
  EngineSource source;
};

}  // namespace dockerext
