// SPDX-License-Identifier: MIT
// Caches the last successfully applied plan in the ledger, so that an enable with the same settings file need
// not decrypt and validate it again, which takes most of the time of an enable that changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "handler/state/ledger.hpp"
#include "handler/verbs/plan.hpp"

namespace dockerext {

// Returns nothing when this version has not applied this settings file on this VM, or when the plan's
// valid_until has passed. The plan has no TLS material: the TLS set on disk is checked against the hash in
// its folder's name.
std::optional<Plan> LoadCachedPlan(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence, const std::string& version, const Ledger& ledger);

// Call only after the plan is applied and verified.
Status StoreCachedPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const std::string& version, const Plan& plan);

}  // namespace dockerext
