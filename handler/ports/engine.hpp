// SPDX-License-Identifier: MIT
// The Docker Engine API on the local socket. A connect starts a socket-activated engine, so callers ask
// systemd first whether the unit is active.
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
  // GET /_ping: the engine's version as its Server header names it, empty when it names none.
  virtual Result<std::string> Ping(std::chrono::milliseconds budget) = 0;
  // GET /info.
  virtual Result<EngineInfo> Info(std::chrono::milliseconds budget) = 0;
};

}  // namespace dockerext
