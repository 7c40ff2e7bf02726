// SPDX-License-Identifier: MIT
// HandlerEnvironment.json: the folders that the agent assigns to this version of the extension.
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
  std::string events_folder;  // empty with agents that are too old to have one
};

// Reads <extension_folder>/HandlerEnvironment.json. The agent rewrites it in place at each start, so a file
// that does not parse is read again for up to a second. The error (kInvalidSettings) names the file and what
// is wrong with it.
Result<HandlerEnvironment> LoadEnvironment(Files& files, Clock& clock, const std::string& extension_folder);

// The default folders of every agent, so that a status can be written when the file cannot be read; without
// a log folder.
HandlerEnvironment UsualEnvironment(const std::string& extension_folder);

}  // namespace dockerext
