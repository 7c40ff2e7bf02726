// SPDX-License-Identifier: MIT
// The command that docker.service runs without our drop-in, argument by argument, with the origin of each:
// the unit's line, an Environment= of it, or an environment file. Pure text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dockerext {

struct UnitText {
  std::string path;
  std::string text;
};

struct ArgWithOrigin {
  std::string arg;
  std::string origin;  // "/lib/systemd/system/docker.service", "/etc/default/docker"
};

struct VendorCommand {
  std::string line;                 // ExecStart= verbatim
  std::vector<ArgWithOrigin> args;  // variables replaced by their values
};

// The command in force when the unit's files are read in this order; nullopt when none sets ExecStart=.
// `read_file` returns an environment file's text, or nullopt when it is missing.
std::optional<VendorCommand> ReadVendorCommand(
    const std::vector<UnitText>& files,
    const std::function<std::optional<std::string>(const std::string& path)>& read_file);

// The values of -H and --host among the arguments, each with its origin.
std::vector<ArgWithOrigin> HostsOf(const std::vector<ArgWithOrigin>& args);

// Whether a host is one that other machines can reach: anything but fd://, unix:// and npipe://.
bool IsTcpHost(const std::string& host);

// The ListenStream= values of socket units that are TCP: neither paths nor vsock addresses.
std::vector<ArgWithOrigin> TcpStreamsOf(const std::vector<UnitText>& files);

}  // namespace dockerext
