// SPDX-License-Identifier: MIT
// The parent of the supervisor. It only waits, so that the guest's processes, cgroups and folders are removed
// however the supervisor ends. The supervisor does the same for the keeper.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

struct Start {
  std::string name;
  std::string image;  // absolute
  pid_t owner = 0;    // 0: none
  VmOptions vm = {};
};

// Returns when the guest is ready, or, on an error, after everything of the guest has been removed.
Result<Entry> StartGuest(const Start& start);

// Returns when everything of the guest has been removed.
Status StopGuest(const Entry& entry);

}  // namespace dockerext::guest
