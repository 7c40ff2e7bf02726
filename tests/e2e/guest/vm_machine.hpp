// SPDX-License-Identifier: MIT
// A VM of qemu as a guest: a kernel, a clock, cgroups and a disk of its own, in the network that every guest
// has. Nothing leaves that network.
#pragma once

#include <memory>

#include "tests/e2e/guest/machine.hpp"

namespace dockerext::guest {

std::unique_ptr<Machine> MakeVmMachine();

}  // namespace dockerext::guest
