// SPDX-License-Identifier: MIT
// HandlerEnvironment.json: the folders that the agent gives to this version of the extension.
#pragma once

#include <string>

#include "handler/base/result.hpp"
#include "handler/ports/clock.hpp"
#include "handler/ports/files.hpp"

namespace dockerext {

struct HandlerEnvironment {
  std::string log_folder;
  std::string config_folder;
  std::string status_folder;
  std::string events_folder;  // empty where the agent is too old to have one
};

// Reads <extension_folder>/HandlerEnvironment.json. The agent rewrites it in place at its every start, so a
// file that does not parse is read again for up to a second. kInvalidSettings names the file and what is
// wrong in it.
Result<HandlerEnvironment> LoadEnvironment(Files& files, Clock& clock, const std::string& extension_folder);

// The folders as every agent lays them out, to report by when the file cannot be read; no log folder.
HandlerEnvironment UsualEnvironment(const std::string& extension_folder);

}  // namespace dockerext
