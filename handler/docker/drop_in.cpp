// SPDX-License-Identifier: MIT
#include "handler/docker/drop_in.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/tls_set.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kTcpPrefix = "tcp://0.0.0.0:";
constexpr std::string_view kCertificateFlag = "--tlscert=";

}  // namespace

std::string DropInPath() { return std::string(kDropInFolder) + "/" + std::string(kDropInName); }

std::vector<std::string> AddedArguments(const VendorCommand& vendor, const std::vector<std::string>& options,
                                        const std::optional<EngineEndpoint>& endpoint) {
  std::vector<std::string> added = options;
  if (!endpoint) return added;
  const auto file = [&](std::string_view name) { return endpoint->tls_folder + "/" + std::string(name); };
  if (HostsOf(vendor.args).empty()) added.insert(added.end(), {"-H", "unix:///var/run/docker.sock"});
  added.insert(added.end(),
               {"-H", std::string(kTcpPrefix) + std::to_string(endpoint->port), "--tlsverify",
                "--tlscacert=" + file(kCaFile), std::string(kCertificateFlag) + file(kCertificateFile),
                "--tlskey=" + file(kKeyFile)});
  return added;
}

std::string RenderDropIn(std::string_view vendor_line, const std::vector<std::string>& added) {
  std::string line(vendor_line);
  for (const std::string& arg : added) line += " " + QuoteExecArg(arg);
  return "# Written by the Docker VM extension; removed when the extension is disabled or uninstalled.\n"
         "# Edits are lost: use another drop-in that does not set ExecStart, or /etc/docker/daemon.json.\n"
         "[Service]\n"
         "ExecStart=\n"
         "ExecStart=" +
         line + "\n";
}

bool EndsWith(const std::vector<std::string>& argv, const std::vector<std::string>& added) {
  return argv.size() >= added.size() && std::equal(added.rbegin(), added.rend(), argv.rbegin());
}

std::optional<EngineEndpoint> EndpointOf(const std::vector<std::string>& argv) {
  EngineEndpoint found;
  for (const std::string& arg : argv) {
    if (arg.starts_with(kTcpPrefix)) {
      const auto port = ParseUnsigned(std::string_view(arg).substr(kTcpPrefix.size()));
      if (port && *port <= 65535) found.port = static_cast<std::uint16_t>(*port);
    }
    if (arg.starts_with(kCertificateFlag)) found.tls_folder = ParentOf(arg.substr(kCertificateFlag.size()));
  }
  if (found.port == 0 || ParentOf(found.tls_folder) != kTlsRoot) return std::nullopt;
  return found;
}

}  // namespace dockerext
