// SPDX-License-Identifier: MIT
// A container in a VM with Docker: a static binary (DX_AVAILABILITY_PROBE) that answers HTTP on port 80 of
// the container and port 8080 of the VM.
#pragma once

#include <string>

#include "tests/e2e/suites/support/availability_probe.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

class Container {
 public:
  // Fails the test if it does not start.
  static Container Start(const Vm& vm);

  // The process and its start time, which differ after any outage.
  static std::string Identity(const Vm& vm);

  const AvailabilityProbe::Target& on_the_bridge() const { return on_the_bridge_; }
  static AvailabilityProbe::Target Published(const Vm& vm) { return {vm.guest().address(), 8080}; }

 private:
  AvailabilityProbe::Target on_the_bridge_;
};

}  // namespace dockerext
