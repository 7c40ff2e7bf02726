// SPDX-License-Identifier: MIT
#include "handler/settings/docker_options.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "handler/base/text.hpp"

namespace dockerext {
namespace {

// dockerd's shorthands that the 2015 documentation used; -H is not among them: the extension sets the
// listeners.
constexpr auto kShorthands = std::to_array<std::pair<char, std::string_view>>({
    {'D', "--debug"},
    {'l', "--log-level"},
    {'s', "--storage-driver"},
    {'G', "--group"},
    {'b', "--bridge"},
    {'p', "--pidfile"},
});

// Flags that would open a listener, weaken TLS or bypass daemon.json.
constexpr auto kReserved = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"--host", "adds a listener; set docker.port instead"},
    {"--tls", "is set by the extension; remove it"},
    {"--tlsverify", "is set by the extension; remove it"},
    {"--tlscacert", "is set by the extension; send the certificate in protectedSettings.certs.ca"},
    {"--tlscert", "is set by the extension; send the certificate in protectedSettings.certs.cert"},
    {"--tlskey", "is set by the extension; send the key in protectedSettings.certs.key"},
    {"--metrics-addr", "opens a TCP port without TLS; set it in /etc/docker/daemon.json if you want it"},
    {"--config-file", "would hide /etc/docker/daemon.json; put the values there instead"},
    {"--validate", "makes dockerd exit; remove it"},
    {"--version", "makes dockerd exit; remove it"},
    {"--help", "makes dockerd exit; remove it"},
});

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool IsFlagName(std::string_view name) {
  return name.size() > 2 && std::all_of(name.begin() + 2, name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// "-D" -> "--debug", "-l=debug" -> "--log-level=debug"; anything else as it is.
std::string ExpandShorthand(const std::string& token) {
  if (token.size() < 2 || token[0] != '-' || token[1] == '-') return token;
  if (token.size() > 2 && token[2] != '=') return token;
  for (const auto& [letter, name] : kShorthands) {
    if (letter == token[1]) return std::string(name) + token.substr(2);
  }
  return token;
}

}  // namespace

std::variant<std::string, OptionError> ReadDockerOption(const std::string& token) {
  if (HasControlCharacter(token)) return OptionError{"holds a control character; remove it"};
  if (token.starts_with("-H")) return OptionError{"adds a listener; set docker.port instead"};
  std::string option = ExpandShorthand(token);
  const std::string name = option.substr(0, option.find('='));
  if (!name.starts_with("--") || !IsFlagName(name)) {
    return OptionError{"must be one dockerd option written --name or --name=value, but is " +
                       Quoted(token.substr(0, 60))};
  }
  for (const auto& [reserved, reason] : kReserved) {
    if (name == reserved) return OptionError{name + " " + std::string(reason)};
  }
  return option;
}

}  // namespace dockerext
