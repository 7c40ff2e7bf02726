// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/machine.hpp"

#include "tests/e2e/guest/nspawn_machine.hpp"
#include "tests/e2e/guest/vm_machine.hpp"

namespace dockerext::guest {

std::unique_ptr<Machine> MakeMachine(const Entry& entry) {
  return IsVmImage(entry.image) ? MakeVmMachine() : MakeNspawnMachine();
}

}  // namespace dockerext::guest
