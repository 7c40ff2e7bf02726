// SPDX-License-Identifier: MIT
// dockerd's command line as dockerd reads it: long flags, shorthands alone and combined, values apart or
// attached. Pure text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "handler/docker/vendor_command.hpp"

namespace dockerext {

struct Flag {
  std::string name;   // the long form without dashes: "host", "debug"; "data-root" also for --graph
  std::string value;  // "true" for a boolean flag without one
  std::string origin;
};

// args[0] is the program. What is no flag (the "daemon" of Docker 1.x) and what no dockerd accepts is left
// out.
std::vector<Flag> ParseFlags(const std::vector<ArgWithOrigin>& args);

// An argv whose arguments all have this origin.
std::vector<ArgWithOrigin> WithOrigin(const std::vector<std::string>& argv, const std::string& origin);

// The values of one flag, each with its origin, in order.
std::vector<ArgWithOrigin> ValuesOf(const std::vector<ArgWithOrigin>& args, std::string_view name);

// Whether a boolean flag's value is one that means true: any that is not one of strconv.ParseBool's for
// false.
bool IsTrue(std::string_view value);

// The listeners: the values of -H and --host.
std::vector<ArgWithOrigin> HostsOf(const std::vector<ArgWithOrigin>& args);

// The path of the local socket that a command line opens: that of unix://PATH, or for fd:// the first path
// among the addresses that its socket units listen on.
std::string LocalSocketOf(const std::vector<ArgWithOrigin>& args,
                          const std::vector<std::string>& socket_addresses);

// Whether a host is one that other machines can reach: anything but fd://, unix:// and npipe://.
bool IsTcpHost(const std::string& host);

}  // namespace dockerext
