// SPDX-License-Identifier: MIT
// Errors and warnings about the settings: a JSON path and a message each, all of them at once.
#pragma once

#include <string>
#include <vector>

namespace dockerext {

struct Finding {
  std::string path;     // "publicSettings.docker.port"
  std::string message;  // "must be a whole number from 1 to 65535, but is 0"; never a secret value
};

struct Findings {
  std::vector<Finding> errors;
  std::vector<Finding> warnings;
};

// "publicSettings.docker.port must be ...; protectedSettings.certs.key is missing ..."
std::string FormatFindings(const std::vector<Finding>& findings);

}  // namespace dockerext
