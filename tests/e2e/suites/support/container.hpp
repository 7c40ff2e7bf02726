// SPDX-License-Identifier: MIT
// A container in a VM that has Docker: one static binary (DX_AVAILABILITY_PROBE) that answers HTTP on its own
// address's port 80 and on the VM's port 8080.
#pragma once

#include <string>

#include "tests/e2e/suites/support/availability_probe.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class Container {
 public:
  // Fails the test where it does not start.
  static Container Start(const Vm& vm);

  // Which process it is, and since when: another one after any outage.
  static std::string Identity(const Vm& vm);

  const AvailabilityProbe::Target& on_the_bridge() const { return on_the_bridge_; }
  static AvailabilityProbe::Target Published(const Vm& vm) { return {vm.guest().address(), 8080}; }

 private:
  AvailabilityProbe::Target on_the_bridge_;
};

}  // namespace dockerext
