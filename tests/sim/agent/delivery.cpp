// SPDX-License-Identifier: MIT
#include "tests/sim/agent/delivery.hpp"

#include <filesystem>
#include <system_error>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"
#include "tests/sim/credentials/addresses.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr const char* kGuestAddress = "192.0.2.2";

credentials::Style StyleOf(const Options& options) {
  return options.style.value_or(credentials::Style::kModern);
}

// This machine's addresses change (Docker adds docker0), so an existing set is only required to name the
// first.
credentials::HostNames HostsFor(const Options& options) {
  if (!options.hosts.empty()) return {options.hosts, options.hosts};
  if (!options.guest.empty()) return {{kGuestAddress}, {kGuestAddress}};
  std::vector<std::string> names = credentials::OwnAddresses();
  names.insert(names.end(), {"127.0.0.1", "localhost"});
  return {names, {names.front()}};
}

// Without any of these options, enable and update repeat the settings delivered last.
bool HasSettingsOptions(const Options& options) {
  return !options.public_file.empty() || !options.protected_file.empty() || options.no_protected ||
         options.style || !options.port.empty() || !options.hosts.empty() || !options.credentials.empty();
}

Result<contract::Json> ReadPublic(const Options& options) {
  if (options.public_file.empty()) {
    return credentials::DefaultPublicSettings(
        StyleOf(options), options.port.empty() ? credentials::kDefaultPort : options.port);
  }
  TRY_LET(const std::string text, contract::ReadFile(options.public_file));
  auto json = contract::ParseJson(text);
  if (!json) return Error{Code::kInvalidSettings, Quoted(options.public_file) + " is not JSON"};
  return *std::move(json);
}

Result<Secret> ReadProtected(const std::string& file) {
  TRY_LET(std::string text, contract::ReadFile(file));
  Secret secret(std::move(text));
  if (contract::Json::accept(secret.Reveal()))
    return secret;  // makes no copies, and no error that quotes the text
  return Error{Code::kInvalidSettings, Quoted(file) + " is not JSON"};
}

}  // namespace

Result<OwnCredentials> PrepareCredentials(const Options& options, const std::string& home,
                                          const std::string& port) {
  const std::string default_folder = home.empty() ? "" : home + "/.docker";
  const std::string folder = options.credentials.empty() ? default_folder : options.credentials;
  if (folder.empty())
    return Error{Code::kInvalidSettings, "HOME is not set; choose a folder with --credentials DIR"};
  std::error_code ignored;
  const std::string absolute_folder = std::filesystem::absolute(folder, ignored).string();
  const credentials::Style style = StyleOf(options);
  const credentials::HostNames hosts = HostsFor(options);
  TRY_LET(credentials::ServerCredentials server, credentials::MakeOrReuseCredentials(folder, style, hosts));
  return OwnCredentials{std::move(server),
                        {.folder = absolute_folder,
                         .folder_is_default = folder == default_folder,
                         .host = hosts.all.front(),
                         .port = port,
                         .names_host = style == credentials::Style::kModern}};
}

Result<Delivery> PrepareDelivery(const Options& options, const std::string& home) {
  Delivery delivery;
  delivery.settings.cipher = options.cipher.value_or(contract::Cipher::kTripleDes);
  if (options.no_settings) {
    delivery.settings.kind = Settings::Kind::kNone;
    return delivery;
  }
  const bool may_repeat = options.verb == Verb::kEnable || options.verb == Verb::kUpdate;
  if (may_repeat && !HasSettingsOptions(options)) {
    delivery.settings.kind = Settings::Kind::kRepeat;
    return delivery;
  }
  if (options.verb == Verb::kSettings) delivery.settings.kind = Settings::Kind::kNew;
  TRY_LET(delivery.settings.public_settings, ReadPublic(options));
  if (options.no_protected) return delivery;
  if (!options.protected_file.empty()) {
    TRY_LET(delivery.settings.protected_settings, ReadProtected(options.protected_file));
    return delivery;
  }
  TRY_LET(OwnCredentials own,
          PrepareCredentials(options, home, credentials::PortOf(delivery.settings.public_settings)));
  delivery.settings.protected_settings = credentials::RenderProtected(own.server, StyleOf(options));
  delivery.access = std::move(own.access);
  return delivery;
}

}  // namespace dockerext::agent_simulator
