// SPDX-License-Identifier: MIT
// The TCP ports of this machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "handler/base/result.hpp"

namespace dockerext {

struct Listener {
  std::string address;  // numeric: "127.0.0.1", "0.0.0.0", "::"
  std::uint16_t port = 0;

  friend bool operator==(const Listener&, const Listener&) = default;
};

class Network {
 public:
  virtual ~Network() = default;
  // Whether a process listens on the port, on any address, IPv4 or IPv6.
  virtual Result<bool> IsListening(std::uint16_t port) = 0;
  // Whether dockerd could listen on the port: dual stack, all addresses.
  virtual Result<bool> IsFree(std::uint16_t port) = 0;
  // The TCP sockets on which a process listens, whoever opened them; sorted, without duplicates. Empty when
  // there is no such process.
  virtual Result<std::vector<Listener>> ListenersOf(std::uint32_t pid) = 0;
};

}  // namespace dockerext
