// SPDX-License-Identifier: MIT
// Implements Network: reads the state of TCP ports from the kernel, those of this process's network
// namespace.
#pragma once

#include "handler/ports/files.hpp"
#include "handler/ports/network.hpp"

namespace dockerext {

class PosixNetwork : public Network {
 public:
  explicit PosixNetwork(Files& files) : files_(files) {}
  Result<bool> IsListening(std::uint16_t port) override;
  Result<bool> IsFree(std::uint16_t port) override;
  Result<std::vector<Listener>> ListenersOf(std::uint32_t pid) override;

 private:
  Files& files_;
};

}  // namespace dockerext
