// SPDX-License-Identifier: MIT
#include "handler/docker/drop_in.hpp"

#include <algorithm>

#include "handler/base/text.hpp"
#include "handler/docker/exec_line.hpp"
#include "handler/docker/flags.hpp"
#include "handler/docker/tls_set.hpp"
#include "handler/docker/unit_file.hpp"

namespace dockerext {
namespace {

constexpr std::string_view kTcpPrefix = "tcp://0.0.0.0:";

}  // namespace

std::string DropInPath() { return std::string(kDropInFolder) + "/" + std::string(kDropInName); }

std::vector<std::string> AddedArguments(const VendorCommand& vendor, const std::vector<std::string>& options,
                                        const std::optional<EngineEndpoint>& endpoint) {
  std::vector<std::string> added = options;
  if (!endpoint) return added;
  const auto file = [&](std::string_view name) { return endpoint->tls_folder + "/" + std::string(name); };
  if (HostsOf(vendor.args).empty()) added.insert(added.end(), {"-H", "unix:///var/run/docker.sock"});
  added.insert(added.end(), {"-H", std::string(kTcpPrefix) + std::to_string(endpoint->port), "--tlsverify",
                             "--tlscacert=" + file(kCaFile), "--tlscert=" + file(kCertificateFile),
                             "--tlskey=" + file(kKeyFile)});
  return added;
}

std::string RenderDropIn(std::string_view vendor_line, const std::vector<std::string>& added) {
  std::string line(vendor_line);
  for (const std::string& arg : added) line += " " + QuoteExecArg(arg, vendor_line);
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
  for (const Flag& flag : ParseFlags(WithOrigin(argv, ""))) {
    if (flag.name == "host" && flag.value.starts_with(kTcpPrefix)) {
      const auto port = ParseUnsigned(flag.value.substr(kTcpPrefix.size()));
      if (port && *port <= 65535) found.port = static_cast<std::uint16_t>(*port);
    }
    if (flag.name == "tlscert") found.tls_folder = ParentOf(flag.value);
  }
  if (found.port == 0 || ParentOf(found.tls_folder) != kTlsRoot) return std::nullopt;
  return found;
}

std::optional<EngineEndpoint> EndpointOfDropIn(std::string_view text) {
  const auto line = EffectiveExecStart({std::string(text)});
  if (!line) return std::nullopt;
  return EndpointOf(SplitExecLine(*line));
}

bool OpensTcpWithoutTls(std::string_view text) {
  const auto line = EffectiveExecStart({std::string(text)});
  if (!line) return false;
  const auto args = WithOrigin(SplitExecLine(*line), "");
  const auto hosts = HostsOf(args);
  const auto verifies = ValuesOf(args, "tlsverify");
  const bool is_tcp =
      std::any_of(hosts.begin(), hosts.end(), [](const auto& host) { return IsTcpHost(host.arg); });
  return is_tcp && (verifies.empty() || !IsTrue(verifies.back().arg));
}

}  // namespace dockerext
