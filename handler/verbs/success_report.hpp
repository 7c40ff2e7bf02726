// SPDX-License-Identifier: MIT
// The final status of a successful enable.
#pragma once

#include "handler/agent/status_file.hpp"
#include "handler/engine/context.hpp"
#include "handler/verbs/plan.hpp"

namespace dockerext {

// Names engine, address, port, the certificate's expiry date and the network security group; the warnings of
// the plan, of the steps and of the machine are substatuses.
StatusReport SuccessReport(const Plan& plan, const EngineContext& context);

}  // namespace dockerext
