// SPDX-License-Identifier: MIT
// Turns the settings file into a Plan, the desired state of the machine: reads, decrypts and validates it,
// and resolves it against what was observed of this VM. Changes nothing. Of the last successfully applied one
// the ledger has a copy, so that an enable with the same settings file need not decrypt and validate it
// again, which takes most of the time of an enable that changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "handler/agent/environment.hpp"
#include "handler/docker/engine_target.hpp"
#include "handler/engine/observation.hpp"
#include "handler/settings/settings.hpp"

namespace dockerext {

struct Plan {
  EngineTarget target;
  std::optional<TlsMaterial> material;  // none: the TLS set is already on this machine
  std::vector<std::string> warnings;
  // When a certificate's dates will change the warnings or errors.
  std::chrono::system_clock::time_point valid_until = std::chrono::system_clock::time_point::max();
};

// kNotFound: the settings are encrypted to a certificate that the VM does not have (yet).
Result<SettingsReading> ReadSettings(System& system, const HandlerEnvironment& environment,
                                     std::uint64_t sequence);

// kInvalidSettings reports all findings in one message.
Result<Plan> ResolvePlan(System& system, SettingsReading reading, const Observation& observed);

// Returns nothing when this version has not applied this settings file on this VM, when the plan's
// valid_until has passed, or when the clock was set back since. The plan has no TLS material: the TLS set on
// disk is checked against the hash in its folder's name.
std::optional<Plan> LoadCachedPlan(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence, const std::string& version, const Ledger& ledger);

struct Versions {
  std::string extension;
  std::string engine;  // that was verified
};

// Call only after the plan is applied and verified.
Status StoreCachedPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const Versions& versions, const Plan& plan);

}  // namespace dockerext
