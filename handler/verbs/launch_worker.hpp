// SPDX-License-Identifier: MIT
// Starts the worker of an operation in its own transient unit, from a copy of this program that the agent
// neither replaces nor removes.
#pragma once

#include <string>
#include <vector>

#include "handler/ports/system.hpp"

namespace dockerext {

// The path of the copy, which is made where it is missing.
Result<std::string> CopyProgram(System& system, const std::string& program);

// Returns when the worker of this generation is ready, or has finished already.
Status LaunchWorker(System& system, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments);

}  // namespace dockerext
