// SPDX-License-Identifier: MIT
// Builds what the user sees of an operation's end: the exit code and the final status.
#pragma once

#include "handler/agent/status_file.hpp"
#include "handler/engine/context.hpp"
#include "handler/verbs/plan.hpp"

namespace dockerext {

// 51, 52, 53 and 56 as in Azure's own extensions, 1 for everything else. Used as the command's exit code and
// as the code in the status.
int ExitCodeOf(Code code);

// Names engine, address, port, the certificate's expiry date and the network security group; the warnings of
// the plan, of the steps and of the machine are substatuses.
StatusReport SuccessReport(const Plan& plan, const EngineContext& context);
// The substatus ErrorClarification shows by the sign of its code who has to fix the error: above 0 the
// customer, below 0 the extension's publisher.
StatusReport ErrorReport(const Error& error);

}  // namespace dockerext
