// SPDX-License-Identifier: MIT
// How a work ended, in the words and numbers that a user sees.
#pragma once

#include "handler/agent/status_file.hpp"
#include "handler/ports/system.hpp"
#include "handler/verbs/plan.hpp"

namespace dockerext {

// 51, 52, 53, 56 as Azure's own extensions use them, 1 for everything else: a command's exit code, and the
// code in the status.
int ExitCodeOf(Code code);

// Engine, address, port, the certificate's last day, and the network security group; the plan's warnings and
// those of the machine as substatuses. Asks the engine its version.
StatusReport SuccessReport(System& system, const Plan& plan, DockerUnit& unit);
// Whose fault it is stands in the substatus ErrorClarification, by the sign of its code.
StatusReport ErrorReport(const Error& error);

}  // namespace dockerext
