// SPDX-License-Identifier: MIT
// Implements Network: reads the state of TCP ports from the kernel.
#pragma once

#include "handler/ports/files.hpp"
#include "handler/ports/network.hpp"

namespace dockerext {

class PosixNetwork : public Network {
 public:
  explicit PosixNetwork(Files& files) : files_(files) {}
  Result<bool> IsListening(std::uint16_t port) override;
  Result<bool> IsFree(std::uint16_t port) override;

 private:
  Files& files_;
};

}  // namespace dockerext
