// SPDX-License-Identifier: MIT
// A container in a VM that has Docker: one static binary (DX_HEARTBEAT) that answers HTTP on its own
// address's port 80 and on the VM's port 8080.
#pragma once

#include <string>

#include "tests/guest/pulse.hpp"
#include "tests/guest/vm.hpp"

namespace dockerext {

class Container {
 public:
  // Fails the test where it does not start.
  static Container Start(const Vm& vm);

  // Which process it is, and since when: another one after any outage.
  static std::string Identity(const Vm& vm);

  const Pulse::Target& on_the_bridge() const { return on_the_bridge_; }
  static Pulse::Target Published(const Vm& vm) { return {vm.guest().address(), 8080}; }

 private:
  Pulse::Target on_the_bridge_;
};

}  // namespace dockerext
