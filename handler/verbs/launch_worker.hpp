// SPDX-License-Identifier: MIT
// Starts the worker of an operation in its own transient unit, from a copy of this program.
#pragma once

#include <string>
#include <vector>

#include "handler/ports/system.hpp"

namespace dockerext {

// Returns when the worker of this generation is ready, or has finished already.
Status LaunchWorker(System& system, const std::string& program, std::uint64_t generation,
                    std::vector<std::string> arguments);

}  // namespace dockerext
