// SPDX-License-Identifier: MIT
// The extension's drop-in for docker.service: the vendor's ExecStart= line restated, then the customer's
// options, then the TCP endpoint with client certificates required. It never opens TCP without TLS. Pure
// text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/docker/vendor_command.hpp"

namespace dockerext {

inline constexpr std::string_view kDockerUnit = "docker.service";
inline constexpr std::string_view kDropInFolder = "/etc/systemd/system/docker.service.d";
// Sorts after the names that others use; disable and uninstall recognise the file by it, without a ledger.
inline constexpr std::string_view kDropInName = "zz-docker-extension.conf";

std::string DropInPath();

struct EngineEndpoint {
  std::uint16_t port = 0;
  std::string tls_folder;  // holds kCaFile, kCertificateFile, kKeyFile

  friend bool operator==(const EngineEndpoint&, const EngineEndpoint&) = default;
};

inline constexpr std::string_view kCaFile = "ca.pem";
inline constexpr std::string_view kCertificateFile = "cert.pem";
inline constexpr std::string_view kKeyFile = "key.pem";

// What we append to the vendor's line, in this order, argument by argument. A local socket is added where the
// vendor's line names no host: TLS with only TCP would remove it.
std::vector<std::string> AddedArguments(const VendorCommand& vendor, const std::vector<std::string>& options,
                                        const std::optional<EngineEndpoint>& endpoint);

// The complete text of the drop-in.
std::string RenderDropIn(std::string_view vendor_line, const std::vector<std::string>& added);

// Whether a command line (argv) ends with exactly these arguments.
bool EndsWith(const std::vector<std::string>& argv, const std::vector<std::string>& added);

// The endpoint that a command line of dockerd (argv) opens for us, if any: on all addresses, with a
// certificate from a TLS folder below kTlsRoot.
std::optional<EngineEndpoint> EndpointOf(const std::vector<std::string>& argv);

// The same, of the command that a drop-in's text sets.
std::optional<EngineEndpoint> EndpointOfDropIn(std::string_view text);

// Whether the command that a drop-in's text sets opens TCP to clients without a certificate. No drop-in of
// the extension does; such a text was changed by somebody.
bool OpensTcpWithoutTls(std::string_view text);

}  // namespace dockerext
