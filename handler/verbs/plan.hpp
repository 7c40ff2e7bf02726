// SPDX-License-Identifier: MIT
// Turns the settings file into a Plan, the desired state of the machine: reads, decrypts and validates it,
// and resolves it against the last known good configuration of this VM. Changes nothing.
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
  std::string hash;  // of the whole target: plans with equal hashes need the same changes
  // When a certificate's dates will change the warnings or errors.
  std::chrono::system_clock::time_point valid_until = std::chrono::system_clock::time_point::max();
  // Set when the port is open, but there are no certificates that may serve it (a VM made from an image, or
  // never verified): the worker closes the port and reports this error.
  std::optional<Error> rejection;
};

// kInvalidSettings reports all findings in one message. kNotFound: the settings are encrypted to a
// certificate that the VM does not have (yet).
Result<Plan> MakePlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                      const Distro& distro);

// The second half of MakePlan, for settings that are already read and decrypted.
Result<Plan> ResolvePlan(System& system, const Distro& distro, SettingsReading reading);

}  // namespace dockerext
