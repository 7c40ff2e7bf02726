// SPDX-License-Identifier: MIT
// The TCP ports of this machine.
#pragma once

#include <cstdint>

#include "handler/base/result.hpp"

namespace dockerext {

class Network {
 public:
  virtual ~Network() = default;
  // Whether a process listens on the port, on any address, IPv4 or IPv6.
  virtual Result<bool> IsListening(std::uint16_t port) = 0;
  // Whether dockerd could listen on the port: dual stack, all addresses.
  virtual Result<bool> IsFree(std::uint16_t port) = 0;
};

}  // namespace dockerext
