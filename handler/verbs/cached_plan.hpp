// SPDX-License-Identifier: MIT
// The plan that was last applied with success, from the ledger: for the same settings file it need not be
// decrypted and judged again, which is most of the work of an enable that changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "handler/verbs/plan.hpp"

namespace dockerext {

// Nothing when this settings file was not applied by this version on this VM, or when dates have come that
// matter. The plan has no TLS material: what is on the machine is held against the set's own name.
std::optional<Plan> LoadCachedPlan(System& system, const HandlerEnvironment& environment,
                                   std::uint64_t sequence, const std::string& version, const Distro& distro);

// Once the plan is applied and proven.
Status StoreCachedPlan(System& system, const HandlerEnvironment& environment, std::uint64_t sequence,
                       const std::string& version, const Plan& plan);

}  // namespace dockerext
