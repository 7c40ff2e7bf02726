// SPDX-License-Identifier: MIT
// The engine's TCP port as a client on this machine sees it, over loopback. The probe sets its own security
// level, so that old material fails only where dockerd itself refuses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "handler/base/result.hpp"

namespace dockerext {

struct AnonymousProbe {
  std::string certificate_sha256;  // of the certificate that the port shows, DER, lower-case hex
  bool refused = false;            // a client without a certificate got no answer
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // One TLS handshake without a client certificate, then a request. An error means that there was no
  // handshake.
  virtual Result<AnonymousProbe> ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) = 0;
  // GET /_ping with this certificate and key (PEM files).
  virtual Status PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                                    const std::string& key_path, std::chrono::milliseconds budget) = 0;
};

}  // namespace dockerext
