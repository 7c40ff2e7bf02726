// SPDX-License-Identifier: MIT
// Running commands inside a guest, and on the "other host" next to it; putting files in.
#pragma once

#include <string>
#include <vector>

#include "handler/base/file_mode.hpp"
#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

// In all of the guest's namespaces and its cgroups, in a clean environment plus `environment` (K=V), with our
// standard streams; ends with us. Returns the exit status as a shell says it. The calling process stays in
// the guest's namespaces: it is to exit next.
Result<int> ExecuteInside(const Entry& entry, const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment);

// With this machine's files and environment, in the other host's network; ends with us, and with the guest.
Result<int> ExecuteOutside(const Entry& entry, const std::vector<std::string>& argv);

// The open file's bytes as `path` in the guest, whose links are followed there; a folder gets it as `name`.
// The calling process stays in the guest's mount namespace.
Status CopyInside(const Entry& entry, int source, const std::string& name, const std::string& path,
                  FileMode mode);

// Where this machine sees the guest's root.
Result<std::string> RootOf(const Entry& entry);

}  // namespace dockerext::guest
