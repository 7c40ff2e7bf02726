// SPDX-License-Identifier: MIT
// docker-extension validate --public FILE --protected FILE: a line per finding, for whoever writes settings.
#pragma once

#include "handler/cli/command_line.hpp"

namespace dockerext {

// `arguments` are those after the command. 0: enable would take these settings (there may be warnings); 53:
// it would not; 2: not understood; 1: a file cannot be read.
int RunValidate(System& system, Process& process, const std::vector<std::string>& arguments);

}  // namespace dockerext
