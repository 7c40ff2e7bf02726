// SPDX-License-Identifier: MIT
// Implements Engine: queries the Docker Engine API by HTTP on a local socket.
#pragma once

#include "handler/ports/engine.hpp"

namespace dockerext {

class PocoEngine : public Engine {
 public:
  Result<std::string> Ping(const std::string& socket, std::chrono::milliseconds budget) override;
  Result<EngineInfo> Info(const std::string& socket, std::chrono::milliseconds budget) override;
};

}  // namespace dockerext
