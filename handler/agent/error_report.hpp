// SPDX-License-Identifier: MIT
// An error as Azure sees it: the exit code of a command, and the final status of an operation.
#pragma once

#include "handler/agent/status_file.hpp"
#include "handler/base/result.hpp"

namespace dockerext {

// 51, 52, 53 and 56 as in Azure's own extensions, 1 for everything else. Used as the command's exit code and
// as the code in the status.
int ExitCodeOf(Code code);

// The substatus ErrorClarification shows by the sign of its code who has to fix the error: above 0 the
// customer, below 0 the extension's publisher.
StatusReport ErrorReport(const Error& error);

}  // namespace dockerext
