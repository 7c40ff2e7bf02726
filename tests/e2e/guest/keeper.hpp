// SPDX-License-Identifier: MIT
// The supervisor's parent. It does nothing but wait, so that after the supervisor's end, of whatever kind,
// the guest's processes, cgroups and folders go too; the supervisor does the same for it.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "tests/e2e/guest/registry.hpp"

namespace dockerext::guest {

struct Start {
  std::string name;
  std::string image;  // absolute
  pid_t owner = 0;    // 0: none
};

// Returns when the guest is up; the error of a guest that is not comes after everything of it has gone.
Result<Entry> StartGuest(const Start& start);

// Returns when everything of the guest has gone.
Status StopGuest(const Entry& entry);

}  // namespace dockerext::guest
