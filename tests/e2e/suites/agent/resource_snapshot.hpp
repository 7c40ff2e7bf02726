// SPDX-License-Identifier: MIT
// Counts the resources that the extension could leak at every call, in a VM where the agent drives it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext {

struct ResourceSnapshot {
  // One line per path below the folders that the extension or the agent writes to (sequence numbers replaced
  // by N, history and telemetry of the agent excluded), per process, per loaded unit of the extension, and
  // the number of descriptors of PID 1 and dockerd.
  std::string inventory;
  // Values that may change within bounds: bytes, counts of files of the agent, memory in kB.
  std::map<std::string, std::uint64_t> figures;

  static ResourceSnapshot Take(const Vm& vm);
  // The first matching snapshot, or the last one after 20 s: a busy agent has child processes.
  static ResourceSnapshot Await(const Vm& vm, const std::function<bool(const ResourceSnapshot&)>& matches);
  // The first snapshot whose inventory equals the previous one.
  static ResourceSnapshot AwaitQuiet(const Vm& vm);
};

// "paths 96, processes 9, units 0, ..., agent_kb 30000, bytes 8471000, ...".
std::string Describe(const ResourceSnapshot& snapshot);

}  // namespace dockerext
