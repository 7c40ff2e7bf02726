// SPDX-License-Identifier: MIT
// Copies of the handler's program that the agent neither replaces nor removes: workers run from them.
#pragma once

#include <set>
#include <string>

#include "handler/ports/crypto.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

// The path of this program's copy, which is made where it is missing. Its folder is named by the content's
// hash: an update adds another copy, and a running worker keeps its own.
Result<std::string> CopyProgram(Files& files, Crypto& crypto, const std::string& program);

// Removes every copy that is not one of these.
Status RemoveProgramsExcept(Files& files, const std::set<std::string>& programs);

}  // namespace dockerext
