// SPDX-License-Identifier: MIT
// The engine's TCP port as seen by a client on this machine, over loopback. The client sets its own OpenSSL
// security level, so that old certificates fail only where dockerd itself rejects them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "handler/base/result.hpp"
#include "handler/ports/network.hpp"

namespace dockerext {

struct AnonymousProbe {
  std::string certificate_sha256;  // of the server's certificate (DER), lower-case hex
  bool refused = false;            // a client without a certificate gets no answer
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // One TLS handshake without a client certificate, then a request. An error means that the
  // handshake failed.
  virtual Result<AnonymousProbe> ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) = 0;
  // GET /_ping with this certificate and key (PEM files).
  virtual Status PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                                    const std::string& key_path, std::chrono::milliseconds budget) = 0;
  // Whether the listener is the Engine API: GET /_ping in plaintext is answered, or answered with the hint of
  // Go's HTTP server that it expects TLS. Anything else (Swarm, metrics, gossip) is not.
  virtual Result<bool> ServesEngineApi(const Listener& listener, std::chrono::milliseconds budget) = 0;
};

}  // namespace dockerext
