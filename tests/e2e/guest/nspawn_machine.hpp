// SPDX-License-Identifier: MIT
// A container of systemd-nspawn as a guest: it shares this machine's kernel, clock and cgroup version.
#pragma once

#include <memory>

#include "tests/e2e/guest/machine.hpp"

namespace dockerext::guest {

std::unique_ptr<Machine> MakeNspawnMachine();

}  // namespace dockerext::guest
