// SPDX-License-Identifier: MIT
// What the extension could leave a little more of at every call, counted in a VM where the agent drives it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

struct ResourceSnapshot {
  // A line for each path below the folders that the extension or the agent writes to (the agent's numbers
  // replaced by N, its history and telemetry left out), each process, each loaded unit of ours, and the
  // number of descriptors of PID 1 and of dockerd.
  std::string stock;
  // What may change within bounds: bytes, counts of what is the agent's, memory in kB.
  std::map<std::string, std::uint64_t> figures;

  static ResourceSnapshot Take(const Vm& vm);
  // The first one that is like that, or the last one that was taken in 20 s: an agent at work has children.
  static ResourceSnapshot Await(const Vm& vm, const std::function<bool(const ResourceSnapshot&)>& is_enough);
  // One like the one before it.
  static ResourceSnapshot AwaitQuiet(const Vm& vm);
};

// "paths 96, processes 9, units 0, ..., agent_kb 30000, bytes 8471000, ...".
std::string Describe(const ResourceSnapshot& snapshot);

}  // namespace dockerext
