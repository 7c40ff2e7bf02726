// SPDX-License-Identifier: MIT
// How commands and files get into a VM: ssh over the connection that its supervisor keeps open. A command
// costs a channel of it, no handshake.
#pragma once

#include <string>
#include <vector>

#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/background.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// For the supervisor, in the guest's network: returns when the connection stands.
Result<Background> StartSshMaster(const Entry& entry);

// The same as ExecuteInside and CopyInside of enter.hpp, but a command goes on in the VM when its caller is
// killed.
Result<int> ExecuteBySsh(const Entry& entry, const std::vector<std::string>& argv,
                         const std::vector<std::string>& environment);
Status CopyBySsh(const Entry& entry, int source, const std::string& name, const std::string& path,
                 FileMode mode);

// A line for a POSIX shell that has exactly these words.
std::string ShellLine(const std::vector<std::string>& words);

}  // namespace dockerext::guest
