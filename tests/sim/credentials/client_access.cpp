// SPDX-License-Identifier: MIT
#include "tests/sim/credentials/client_access.hpp"

#include <utility>
#include <vector>

#include "handler/base/text.hpp"
#include "tests/sim/credentials/credentials.hpp"

namespace dockerext::credentials {
namespace {

// Quotes for a POSIX shell where needed.
std::string ShellQuote(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-=:@+,";
  if (text.find_first_not_of(kPlain) == std::string::npos) return text;
  return std::string("'").append(Join(Split(text, '\''), "'\\''")).append("'");
}

std::vector<std::string> TlsFileOptions(const ClientAccess& access) {
  if (access.folder_is_default) return {};
  return {ShellQuote("--tlscacert=" + access.folder + "/ca.pem"),
          ShellQuote("--tlscert=" + access.folder + "/cert.pem"),
          ShellQuote("--tlskey=" + access.folder + "/key.pem")};
}

// An IPv6 address in brackets, as in a URL.
std::string HostText(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string PortText(const contract::Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_unsigned() ? value.dump() : "";
}

}  // namespace

std::string RenderDockerCommands(const ClientAccess& access) {
  std::vector<std::string> args = {"  docker", "--tls"};
  for (std::string& arg : TlsFileOptions(access)) args.push_back(std::move(arg));
  args.insert(args.end(), {"-H", "tcp://" + HostText(access.host) + ":" + access.port, "info\n"});
  std::string commands = Join(args, " ");
  if (!access.names_host) return commands;
  args[1] = "--tlsverify";
  return commands + Join(args, " ");
}

std::string PortOf(const contract::Json& public_settings) {
  for (const char* where : {"/docker/port", "/dockerport"}) {
    const contract::Json::json_pointer pointer(where);
    if (!public_settings.contains(pointer)) continue;
    std::string port = PortText(public_settings.at(pointer));
    if (!port.empty()) return port;
  }
  return kDefaultPort;
}

}  // namespace dockerext::credentials
