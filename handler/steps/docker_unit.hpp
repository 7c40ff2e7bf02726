// SPDX-License-Identifier: MIT
// docker.service as it is on this machine: systemd's properties, the vendor's command line, the running one.
// Each is read once and cached until Invalidate().
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
  void Invalidate() { *this = DockerUnit(system_); }

  // What docker.service would run without the extension's drop-in; kNotFound without a docker.service.
  Result<VendorCommand> Vendor();
  // The engine's version, from its local socket; only for an active unit.
  Result<std::string> Version();
  // The unit's files without the extension's drop-in, in the order in which systemd reads them.
  Result<std::vector<UnitText>> VendorFiles();
  // argv of the running dockerd; empty when none runs.
  Result<std::vector<std::string>> RunningCommand();
  // Whether the running dockerd has the command line that systemd would start now; false when that cannot be
  // determined (a variable in the line).
  Result<bool> MatchesLoadedUnit();
  // The endpoint in the extension's drop-in on disk, loaded by systemd or not.
  std::optional<EngineEndpoint> ConfiguredEndpoint();
  // Whether the running dockerd has that endpoint, or none when the drop-in has none; always determined.
  Result<bool> MatchesDropInEndpoint();

 private:
  std::reference_wrapper<System> system_;
  std::optional<UnitFacts> facts_;
  std::optional<std::vector<UnitText>> vendor_files_;
  std::optional<VendorCommand> vendor_;
  std::optional<std::string> version_;
};

// The texts of a unit's file and drop-ins, except the path `without`; empty for a unit that is not loaded.
Result<std::vector<UnitText>> FilesOf(System& system, const UnitFacts& facts, const std::string& without);

// Active or starting, so that connecting to its socket does not start it.
bool IsRunning(const UnitFacts& facts);

// The last line of the unit's current or last run in the journal that gives the reason of its failure; empty
// without one.
std::string FailureExcerpt(System& system, const UnitFacts& facts);

}  // namespace dockerext
