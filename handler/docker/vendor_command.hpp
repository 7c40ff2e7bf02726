// SPDX-License-Identifier: MIT
// The command that docker.service runs without our drop-in, argument by argument, with the origin of each:
// the unit's line, an Environment= of it, or an environment file. Pure text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dockerext {

struct UnitText {
  std::string path;
  std::string text;
};

struct ArgWithOrigin {
  std::string arg;
  std::string origin;  // "/lib/systemd/system/docker.service", "/etc/default/docker"
};

struct VendorCommand {
  std::string line;                            // ExecStart= verbatim
  std::vector<ArgWithOrigin> args;             // the program's path, then its arguments, variables replaced
  std::vector<std::string> environment_files;  // those that were read
  // The files of the other ExecStart= lines that are in force: systemd loads no service with two of them,
  // unless it is a oneshot.
  std::vector<std::string> further_origins;
};

// The files that match a pattern as glob(7) has it, in sorted order; none for a path that does not exist.
using ReadFiles = std::function<std::vector<UnitText>(const std::string& pattern)>;

// The command in force when the unit's files are read in this order; nullopt when none sets ExecStart=. A
// variable that neither the unit nor its environment files set is empty, also one of systemd's own, as $PATH.
std::optional<VendorCommand> ReadVendorCommand(const std::vector<UnitText>& files,
                                               const ReadFiles& read_files);

}  // namespace dockerext
