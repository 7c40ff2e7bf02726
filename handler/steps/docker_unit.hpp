// SPDX-License-Identifier: MIT
// docker.service as it is on this machine: systemd's facts, the vendor's command line, the running one. Asked
// once and remembered until a step says that it changed something.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "handler/docker/drop_in.hpp"
#include "handler/docker/vendor_command.hpp"
#include "handler/ports/system.hpp"

namespace dockerext {

class DockerUnit {
 public:
  explicit DockerUnit(System& system) : system_(system) {}

  Result<UnitFacts> Facts();
  void Changed() { *this = DockerUnit(system_); }

  // What docker.service would run without our drop-in; kNotFound when there is no docker.service.
  Result<VendorCommand> Vendor();
  // The engine's version, once it answers on its local socket; only for a unit that is active.
  Result<std::string> Version();
  // The unit's files without our drop-in, in the order in which systemd reads them.
  Result<std::vector<UnitText>> VendorFiles();
  // argv of the running dockerd; empty when none runs.
  Result<std::vector<std::string>> RunningCommand();
  // Whether the running dockerd is the one that systemd would start now; false when it cannot be told (a
  // variable in the line).
  Result<bool> RunsAsConfigured();
  // The endpoint of ours that our drop-in on disk names, loaded or not.
  std::optional<EngineEndpoint> ConfiguredEndpoint();
  // Whether the running dockerd has that endpoint, or none where none is named; can always be told.
  Result<bool> ServesConfiguredEndpoint();

 private:
  std::reference_wrapper<System> system_;
  std::optional<UnitFacts> facts_;
  std::optional<std::vector<UnitText>> vendor_files_;
  std::optional<VendorCommand> vendor_;
  std::optional<std::string> version_;
};

// The texts of a unit's file and drop-ins, `without` one path; empty for a unit that is not loaded.
Result<std::vector<UnitText>> FilesOf(System& system, const UnitFacts& facts, const std::string& without);

// Active, or on the way to it: connecting to its socket starts nothing.
bool IsRunning(const UnitFacts& facts);

// The last lines of the unit's current or last run that say why it failed, as one line; empty when there are
// none.
std::string FailureExcerpt(System& system, const UnitFacts& facts);

}  // namespace dockerext
