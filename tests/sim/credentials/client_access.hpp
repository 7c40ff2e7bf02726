// SPDX-License-Identifier: MIT
// The docker commands that connect to the Docker Engine that was just configured.
#pragma once

#include <string>

#include "tests/sim/contract/python_json.hpp"

namespace dockerext::credentials {

struct ClientAccess {
  std::string folder;      // of the credentials
  bool folder_is_default;  // ~/.docker, the client's default
  std::string host;
  std::string port;
  bool names_host;  // the server certificate names it, so --tlsverify works
};

// One command per line, quoted for a shell.
std::string RenderDockerCommands(const ClientAccess& access);

// docker.port or dockerport of public settings, else 4243.
std::string PortOf(const contract::Json& public_settings);

}  // namespace dockerext::credentials
