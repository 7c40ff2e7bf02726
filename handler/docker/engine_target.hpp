// SPDX-License-Identifier: MIT
// What the machine should become: the desired state, resolved against this machine's last known good
// configuration. Its one serialiser gives what is compared, hashed, cached and kept in the ledger. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/docker/drop_in.hpp"
#include "handler/settings/desired_state.hpp"

namespace dockerext {

// The server's certificate, as the probe needs it.
struct ServedCertificate {
  std::string sha256;
  std::chrono::sys_seconds not_after{};
  bool may_be_client = false;  // then the server's own pair can verify a full request

  friend bool operator==(const ServedCertificate&, const ServedCertificate&) = default;
};

struct EngineTarget {
  bool leave_engine_alone = false;
  std::vector<DockerOption> options;
  std::optional<EngineEndpoint> endpoint;  // none: no TCP port
  ServedCertificate certificate;           // of the endpoint
  std::uint64_t client_authorities = 0;    // CAs whose clients the endpoint lets in
  UninstallPolicy uninstall_policy = UninstallPolicy::kAuto;
  // Whole: a cached plan must be able to install an engine that was removed meanwhile, so it needs the key.
  EngineSource source;

  friend bool operator==(const EngineTarget&, const EngineTarget&) = default;
};

// JSON; equal texts exactly for equal targets.
std::string Serialize(const EngineTarget& target);
// Nothing for a text that Serialize did not write, or that another version wrote with other fields.
std::optional<EngineTarget> ParseTarget(std::string_view text);

}  // namespace dockerext
