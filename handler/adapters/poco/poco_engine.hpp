// SPDX-License-Identifier: MIT
// Implements Engine: queries the Docker Engine API by HTTP on the local socket.
#pragma once

#include "handler/ports/engine.hpp"

namespace dockerext {

class PocoEngine : public Engine {
 public:
  explicit PocoEngine(std::string socket_path) : socket_path_(std::move(socket_path)) {}
  Result<std::string> Ping(std::chrono::milliseconds budget) override;
  Result<EngineInfo> Info(std::chrono::milliseconds budget) override;

 private:
  std::string socket_path_;
};

}  // namespace dockerext
