// SPDX-License-Identifier: MIT
// From the settings file to what the machine shall look like: read, decrypted, judged, and resolved against
// what is proven on this VM. Changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "handler/agent/environment.hpp"
#include "handler/settings/settings.hpp"
#include "handler/steps/engine_target.hpp"

namespace dockerext {

struct Plan {
  EngineTarget target;
  std::vector<std::string> warnings;
  std::string hash;  // of all that the target wants: two plans with one hash are the same work
  // When dates of certificates will make a difference to warnings or errors.
  std::chrono::system_clock::time_point valid_until = std::chrono::system_clock::time_point::max();
  // An image's plan without certificates: the port is closed, and this is told as the error.
  std::optional<Error> refusal;
};

// kInvalidSettings holds all findings at once. kNotFound: the settings are for a certificate that the VM does
// not have (yet).
Result<Plan> MakePlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                      const Distro& distro);

// The part behind the reading: settings that are already in hand.
Result<Plan> ResolvePlan(System& system, const Distro& distro, SettingsReading reading);

}  // namespace dockerext
