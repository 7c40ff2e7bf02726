// SPDX-License-Identifier: MIT
// The Docker Engine API on a local socket, given by its path. Connecting starts a socket-activated engine, so
// callers first check with systemd that the unit is active.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct EngineInfo {
  std::string version;
  std::string swarm_state;  // inactive, pending, active, error, locked
  std::uint32_t containers_running = 0;
  bool live_restore = false;
  std::vector<std::string> authorization_plugins;
};

class Engine {
 public:
  virtual ~Engine() = default;
  // GET /_ping: the engine's version from the Server header, empty when the header has none.
  virtual Result<std::string> Ping(const std::string& socket, std::chrono::milliseconds budget) = 0;
  // GET /info.
  virtual Result<EngineInfo> Info(const std::string& socket, std::chrono::milliseconds budget) = 0;
};

}  // namespace dockerext
