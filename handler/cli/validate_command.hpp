// SPDX-License-Identifier: MIT
// docker-extension validate --public FILE --protected FILE, where FILE may be a pipe or "-": checks settings
// offline and prints one line for each finding.
#pragma once

#include "handler/cli/command_line.hpp"

namespace dockerext {

// `arguments` are those after the command. Returns 0 when enable would accept these settings (perhaps with
// warnings), 53 when it would not, 2 for invalid arguments, 1 when a file cannot be read.
int RunValidate(System& system, Process& process, const std::vector<std::string>& arguments);

}  // namespace dockerext
