// SPDX-License-Identifier: MIT
// Runs commands in a guest and on the "other host" next to it, and copies files into a guest.
#pragma once

#include <string>
#include <vector>

#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// Runs in all namespaces and cgroups of the guest, in a clean environment plus `environment` (K=V), with the
// standard streams of the caller, and is killed with the caller. Returns the exit status as a shell reports
// it. The calling process stays in the guest's namespaces and has to exit next.
Result<int> ExecuteInside(const Entry& entry, const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment);

// Runs with the files and environment of this machine in the network of the other host. Killed with the
// caller and with the guest.
Result<int> ExecuteOutside(const Entry& entry, const std::vector<std::string>& argv);

// Copies the open file to `path` in the guest. Symlinks are resolved in the guest; if `path` is a folder, the
// file is named `name`. The calling process stays in the guest's mount namespace.
Status CopyInside(const Entry& entry, int source, const std::string& name, const std::string& path,
                  FileMode mode);

// The path of the guest's root on this machine.
Result<std::string> RootOf(const Entry& entry);

}  // namespace dockerext::guest
