// SPDX-License-Identifier: MIT
// The SELinux labels of what the extension writes. Nothing is done, and no program is run, where SELinux is
// off. A failure is logged: without SELinux's tools a policy that rejects the file says so itself.
#pragma once

#include <string>
#include <vector>

#include "handler/ports/system.hpp"

namespace dockerext {

// Gives these paths, with their content, the labels that the policy has for them. A missing one is skipped.
void RestoreLabels(System& system, const std::vector<std::string>& paths);

// Lets systemd execute the worker's program, which lies below the state folder.
void LabelProgram(System& system, const std::string& program);

}  // namespace dockerext
