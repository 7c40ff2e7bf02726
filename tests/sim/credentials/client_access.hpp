// SPDX-License-Identifier: MIT
// How to reach the Docker that was just configured, for whoever wants to try it.
#pragma once

#include <string>

#include "tests/sim/contract/python_json.hpp"

namespace dockerext::credentials {

struct ClientAccess {
  std::string folder;      // of the credentials
  bool folder_is_default;  // ~/.docker, where the client looks by itself
  std::string host;
  std::string port;
  bool names_host;  // the server certificate does, so that --tlsverify works
};

// The docker commands, one a line, as a shell takes them.
std::string RenderDockerCommands(const ClientAccess& access);

// docker.port or dockerport of public settings, else 4243.
std::string PortOf(const contract::Json& public_settings);

}  // namespace dockerext::credentials
