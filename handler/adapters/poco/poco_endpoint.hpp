// SPDX-License-Identifier: MIT
// Implements Endpoint with Poco: connects to the engine's ports over loopback.
#pragma once

#include "handler/ports/endpoint.hpp"

namespace dockerext {

class PocoEndpoint : public Endpoint {
 public:
  Result<AnonymousProbe> ProbeAnonymously(std::uint16_t port, std::chrono::milliseconds budget) override;
  Status PingWithClientCert(std::uint16_t port, const std::string& certificate_path,
                            const std::string& key_path, std::chrono::milliseconds budget) override;
  Result<bool> ServesEngineApi(const Listener& listener, std::chrono::milliseconds budget) override;
};

}  // namespace dockerext
